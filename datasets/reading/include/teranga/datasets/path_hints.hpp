// SPDX-License-Identifier: Apache-2.0
// Paths in hints that are typed into a shell.
#pragma once

#include <string>

#include <teranga/core/shell_word.hpp>

namespace teranga::datasets {

// A command that writes the file, unpacked where it is in gzip, through `filter` to a new one beside it: "iconv ... < table.csv > table.utf8.csv".
// Of a long path the name alone, to be typed in its folder.
std::string filter_command(const std::string& path, const std::string& filter, const std::string& mark);

// For a path that leads nowhere: a command that lists the innermost folder on the way to it that is there.
std::string look_hint(const std::string& path);

}  // namespace teranga::datasets
