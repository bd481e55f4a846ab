// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/png.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <boost/crc.hpp>

namespace teranga::report {
namespace {

void add_big_endian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

std::string chunk(const std::string& name, const std::string& content) {
  std::string out, checked = name + content;
  boost::crc_32_type crc;
  crc.process_bytes(checked.data(), checked.size());
  add_big_endian(out, static_cast<std::uint32_t>(content.size()));
  out += checked;
  add_big_endian(out, crc.checksum());
  return out;
}

// zlib's form (RFC 1950), in stored blocks.
std::string stored(const std::string& bytes) {
  constexpr std::size_t longest = 65535;
  std::string out = "\x78\x01";
  std::size_t at = 0;
  do {
    const std::size_t length = std::min(longest, bytes.size() - at);
    out += static_cast<char>(at + length == bytes.size());
    for (const std::size_t word : {length, ~length}) out += static_cast<char>(word & 0xff), out += static_cast<char>(word >> 8 & 0xff);
    out.append(bytes, at, length);
    at += length;
  } while (at < bytes.size());
  std::uint32_t low = 1, high = 0;  // Adler-32
  for (const char c : bytes) {
    low = (low + static_cast<unsigned char>(c)) % 65521;
    high = (high + low) % 65521;
  }
  add_big_endian(out, high << 16 | low);
  return out;
}

std::string base64(std::string_view bytes) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t three = 0;
    for (std::size_t i = 0; i < 3; ++i) three = three << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) out += at + i > bytes.size() ? '=' : letters[three >> (18 - 6 * i) & 63];
  }
  return out;
}

}  // namespace

std::string png_of(const Pixels& pixels) {
  std::string head, rows;
  add_big_endian(head, pixels.width);
  add_big_endian(head, pixels.height);
  head += {8, pixels.channels == 3 ? '\2' : '\0', 0, 0, 0};  // bits, colours, and the only methods that there are
  const std::size_t row = static_cast<std::size_t>(pixels.width) * pixels.channels;
  for (std::size_t y = 0; y < pixels.height; ++y) {
    rows += '\0';  // no filter
    rows.append(reinterpret_cast<const char*>(pixels.bytes.data()) + y * row, row);
  }
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", head) + chunk("IDAT", stored(rows)) + chunk("IEND", "");
}

std::string png_address(const Pixels& pixels) { return "data:image/png;base64," + base64(png_of(pixels)); }

}  // namespace teranga::report
