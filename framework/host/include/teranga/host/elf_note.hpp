// SPDX-License-Identifier: Apache-2.0
// Reads the border note of a shared library as a file, so that nothing of a foreign library runs before its version is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace teranga::host {

struct BorderNote {
  std::uint16_t major = 0, minor = 0, least_minor = 0;
};

// Nothing where the file is a shared library without the note. Throws Error(plugin) where it is no 64-bit little-endian ELF file or is cut.
std::optional<BorderNote> read_border_note(const std::string& path);

}  // namespace teranga::host
