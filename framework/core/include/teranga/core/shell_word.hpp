// SPDX-License-Identifier: Apache-2.0
// Words of commands that people type into a shell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace teranga {

// A path as one word of a shell: in quotes where it has letters that mean something there. "./" keeps one that begins with "-" from being an option.
std::string shell_word(std::string_view path);
// The same of a text that is no path.
std::string shell_text(std::string_view text);

// Each as a word, with `between` between two of them.
std::string shell_words(const std::vector<std::string>& texts, std::string_view between = " ");

}  // namespace teranga
