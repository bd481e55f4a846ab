// SPDX-License-Identifier: Apache-2.0
// UTF-8 from outside that may be broken: every text is repaired once, when it is read, so that nothing behind has to care.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace teranga {

// Replaces what is no UTF-8 by U+FFFD, one for each maximal broken piece (as Python's errors="replace" does); gives how many.
std::int64_t repair_utf8(std::string& text);

// Bytes of the code point that begins at `at`; 0 where what stands there is no UTF-8.
std::size_t whole_code_point(std::string_view text, std::size_t at);

// Bytes of the code point that begins with `lead`, of repaired text.
inline std::size_t code_point_bytes(char lead) noexcept {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

}  // namespace teranga
