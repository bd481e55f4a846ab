// SPDX-License-Identifier: Apache-2.0
// A new zip archive. Equal members give equal bytes: no time is told.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace teranga::zip {

struct NewMember {
  std::string name;
  std::span<const std::byte> bytes;  // stored as they are
};

// Whole or not at all: it is made beside the path and then takes its name, in place of a former file. Throws Error(failure).
void write_archive(const std::string& path, const std::vector<NewMember>& members);

}  // namespace teranga::zip
