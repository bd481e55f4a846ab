// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/printable.hpp>

#include <fmt/format.h>

#include <iterator>

#include <teranga/core/utf8.hpp>

namespace teranga {
namespace {

// Of whole UTF-8 of two bytes or more.
unsigned code_point(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
  unsigned point = byte(0) & (bytes.size() == 2 ? 0x1Fu : bytes.size() == 3 ? 0x0Fu : 0x07u);
  for (std::size_t i = 1; i < bytes.size(); ++i) point = point << 6 | (byte(i) & 0x3Fu);
  return point;
}

bool turns_direction(unsigned point) { return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0x200E || point == 0x200F; }

std::string escaped(std::string_view text, bool one_line) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t size = whole_code_point(text, at);
    if (size == 1 && byte >= 0x20 && byte != 0x7F) {
      out += text[at];
    } else if (size == 1 && (byte == '\n' || byte == '\t')) {
      if (one_line) out += byte == '\n' ? "\\n" : "\\t";
      else out += text[at];
    } else if (size <= 1) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    } else {
      const unsigned point = code_point(text.substr(at, size));
      if (point < 0xA0) fmt::format_to(std::back_inserter(out), "\\x{:02x}", point);
      else if (turns_direction(point)) fmt::format_to(std::back_inserter(out), "\\u{:04x}", point);
      else out += text.substr(at, size);
    }
    at += size == 0 ? 1 : size;
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) { return escaped(text, false); }

std::string printable_line(std::string_view text) { return escaped(text, true); }

}  // namespace teranga
