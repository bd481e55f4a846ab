// SPDX-License-Identifier: Apache-2.0
// Files that a command writes for people to change: never over one that is there.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace teranga::launcher {

// Throws where something of this name is there, be it a link to nowhere. command: who says it.
void refuse_to_overwrite(const std::string& command, const std::filesystem::path& path, const std::string& hint);

// Writes a file that is not there yet.
void write_new(const std::string& command, const std::filesystem::path& path, std::string_view text);

}  // namespace teranga::launcher
