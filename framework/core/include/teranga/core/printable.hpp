// SPDX-License-Identifier: Apache-2.0
// Text for a terminal or a log. Names and cells come from files of others: a control character in them could move the cursor, change the title of the
// window or hide what stands before it.
#pragma once

#include <string>
#include <string_view>

namespace teranga {

// Control characters (C0 but line feed and tab, DEL, C1), marks that turn the direction of writing, and bytes that are no UTF-8 become "\x1b", "\u202e".
std::string printable(std::string_view text);

// The same on one line: line feed and tab become "\n" and "\t".
std::string printable_line(std::string_view text);

}  // namespace teranga
