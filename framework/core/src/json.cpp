// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/json.hpp>

#include <cmath>

#include <fmt/format.h>

#include <teranga/core/utf8.hpp>

namespace teranga {

std::string json_text(std::string_view text) {
  std::string whole(text), out = "\"";
  repair_utf8(whole);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const char c = whole[i];
    const auto next = static_cast<unsigned char>(i + 1 < whole.size() ? whole[i + 1] : 0);
    if (c == '\x7f') out += "\\u007f";
    else if (c == '\xc2' && next < 0xa0) out += fmt::format("\\u{:04x}", static_cast<int>(next)), ++i;  // C1: a terminal may obey it
    else if (c == '"' || c == '\\') out += '\\', out += c;
    else if (c == '\n') out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\u{:04x}", static_cast<int>(c));
    else out += c;
  }
  return out + '"';
}

std::string json_number(double value) {
  if (std::isfinite(value)) return fmt::format("{}", value);
  return std::isnan(value) ? "null" : value > 0 ? "1e999" : "-1e999";
}

}  // namespace teranga
