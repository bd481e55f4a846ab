// SPDX-License-Identifier: Apache-2.0
// What this machine calls itself.
#pragma once

#include <string>

#include <unistd.h>

namespace teranga::train {

inline std::string host_name() {
  char name[256] = "?";
  gethostname(name, sizeof(name) - 1);
  return name;
}

}  // namespace teranga::train
