// SPDX-License-Identifier: Apache-2.0
// Numbers with their nouns, as messages have them.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace teranga {

// "1 step", "2 steps", "2 batches". The plural has an s at its end, unless it is given.
template <std::integral Number>
std::string counted(Number number, std::string_view noun, std::string_view plural = {}) {
  std::string out = std::to_string(number);
  out.append(" ").append(number == 1 || plural.empty() ? noun : plural);
  if (number != 1 && plural.empty()) out.push_back('s');
  return out;
}

}  // namespace teranga
