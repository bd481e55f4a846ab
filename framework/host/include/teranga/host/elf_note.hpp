// SPDX-License-Identifier: Apache-2.0
// Reads the border note of a shared library as a file, so that nothing of a foreign library runs before its version is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <teranga/core/error.hpp>

namespace teranga::host {

// What lies there is no plugin, or none for this machine. A folder that is searched passes it over; a file that was named is refused.
struct NoPlugin : Error {
  NoPlugin(const std::string& path, const std::string& why, const std::string& hint = {});
};

struct BorderNote {
  std::uint16_t major = 0, minor = 0, least_minor = 0;
};

// No library of this machine at all.
struct NoLibrary : NoPlugin {
  using NoPlugin::NoPlugin;
};

// Nothing where it is a shared library without the note. Throws NoLibrary where it is none for this machine, and Error(plugin) where it cannot be read or is cut.
std::optional<BorderNote> read_border_note(const std::string& path);

}  // namespace teranga::host
