// SPDX-License-Identifier: Apache-2.0
// Small letters in place of the capitals A to Z, whatever the locale; all other bytes stay.
#pragma once

#include <string>

namespace teranga {

constexpr char small_letter(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string in_small_letters(std::string text) {
  for (char& c : text) c = small_letter(c);
  return text;
}

}  // namespace teranga
