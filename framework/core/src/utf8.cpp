// SPDX-License-Identifier: Apache-2.0
// Table 3-7 of the Unicode standard, as code.
#include <teranga/core/utf8.hpp>

#include <algorithm>

namespace teranga {

namespace {

// How many of the bytes at `at` belong together, and whether they are a code point.
struct Piece {
  std::size_t bytes;
  bool good;
};

Piece piece_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xc2 || lead > 0xf4) return {1, false};
  const std::size_t wanted = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const unsigned least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80, most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < least || byte(1) > most) return {1, false};
  for (std::size_t i = 2; i < wanted; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xbf) return {i, false};
  return {wanted, true};
}

}  // namespace

std::size_t whole_code_point(std::string_view text, std::size_t at) {
  const Piece piece = piece_at(text, at);
  return piece.good ? piece.bytes : 0;
}

std::int64_t repair_utf8(std::string& text) {
  std::size_t at = 0;
  const auto good_until = [&] {
    while (at < text.size()) {
      const Piece piece = piece_at(text, at);
      if (!piece.good) return false;
      at += piece.bytes;
    }
    return true;
  };
  if (good_until()) return 0;
  std::string repaired = text.substr(0, at);
  std::int64_t broken = 0;
  while (at < text.size()) {
    const Piece piece = piece_at(text, at);
    if (piece.good) repaired.append(text, at, piece.bytes);
    else repaired += "\xef\xbf\xbd", ++broken;
    at += piece.bytes;
  }
  text = std::move(repaired);
  return broken;
}

}  // namespace teranga
