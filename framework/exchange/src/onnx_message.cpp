// SPDX-License-Identifier: Apache-2.0
#include "onnx_message.hpp"

#include <bit>

namespace teranga::exchange {

// Seven bits a byte, the lowest ones first; all but the last byte have their highest bit set.
std::string MessageWriter::varint(std::uint64_t number) {
  std::string out;
  for (; number > 0x7f; number >>= 7) out += static_cast<char>((number & 0x7f) | 0x80);
  return out += static_cast<char>(number);
}

void MessageWriter::integer(int field, std::int64_t number) {
  key(field, varying);
  bytes_ += varint(static_cast<std::uint64_t>(number));
}

void MessageWriter::real(int field, float number) {
  key(field, four_bytes);
  const auto bits = std::bit_cast<std::uint32_t>(number);
  for (int i = 0; i < 4; ++i) bytes_ += static_cast<char>(bits >> 8 * i & 0xff);
}

void MessageWriter::text(int field, std::string_view bytes) {
  key(field, length_delimited);
  bytes_ += varint(bytes.size());
  bytes_ += bytes;
}

}  // namespace teranga::exchange
