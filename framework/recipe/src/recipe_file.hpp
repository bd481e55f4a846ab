// SPDX-License-Identifier: Apache-2.0
// Reads the bytes of a recipe file, and refuses what cannot be one before any parser sees it.
#pragma once

#include <string>

namespace teranga::recipe {

// Throws Error(usage) when the file is missing, no regular file, unreadable, over 1 MiB or not text.
std::string read_recipe_file(const std::string& path);

}  // namespace teranga::recipe
