// SPDX-License-Identifier: Apache-2.0
// The built plugins, opened once.
#pragma once

#include <string>

#include <teranga/host/registry.hpp>

namespace teranga::fuzz {

inline const host::Registry& registry() {
  static const host::Registry opened = [] {
    host::Registry registry;
    registry.add_folder(TERANGA_BUILD_FOLDER "/lib/teranga/plugins");
    return registry;
  }();
  return opened;
}

}  // namespace teranga::fuzz
