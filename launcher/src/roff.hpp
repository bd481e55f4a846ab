// SPDX-License-Identifier: Apache-2.0
// Text for manual pages: the macros of man(7), which groff and mandoc read.
#pragma once

#include <string>

namespace teranga::launcher {

// Prose in lines of at most 78 characters, without a character that troff would take as an order. An empty line in it begins a paragraph. Ends with a line feed.
std::string roff_prose(const std::string& text);
// Something that can be typed, within a line: its hyphens and quotes stay those of ASCII.
std::string roff_code(const std::string& text);
// The same in bold.
std::string roff_bold(const std::string& text);
// An argument of a macro.
std::string roff_quoted(const std::string& text);

}  // namespace teranga::launcher
