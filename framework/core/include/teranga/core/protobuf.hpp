// SPDX-License-Identifier: Apache-2.0
// Writes messages in the wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding), field by field, without generated code: whoever uses it has
// the .proto file at hand and gives the number of each field. Fields may come in any order. A field that has its default value may be left out.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace teranga {

class ProtobufWriter {
 public:
  void reserve(std::size_t bytes) { out_.reserve(bytes); }

  // int32, int64, uint32, uint64, bool and enumerations. A negative number takes ten bytes, as the format has it.
  ProtobufWriter& varint(std::uint32_t field, std::integral auto value) {
    key(field, 0);
    add_varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  ProtobufWriter& fixed64(std::uint32_t field, std::uint64_t value) {
    key(field, 1);
    add_fixed(value, 8);
    return *this;
  }
  ProtobufWriter& fixed32(std::uint32_t field, std::uint32_t value) {
    key(field, 5);
    add_fixed(value, 4);
    return *this;
  }
  ProtobufWriter& real(std::uint32_t field, double value) { return fixed64(field, std::bit_cast<std::uint64_t>(value)); }  // of type double
  ProtobufWriter& real(std::uint32_t field, float value) { return fixed32(field, std::bit_cast<std::uint32_t>(value)); }   // of type float
  // string and bytes.
  ProtobufWriter& bytes(std::uint32_t field, std::string_view value) {
    key(field, 2);
    add_varint(value.size());
    out_ += value;
    return *this;
  }
  ProtobufWriter& message(std::uint32_t field, const ProtobufWriter& inner) { return bytes(field, inner.out_); }
  // What `fill` writes into this writer is the message: large parts are not copied once more.
  template <std::invocable Fill>
  ProtobufWriter& message(std::uint32_t field, Fill&& fill) {
    key(field, 2);
    const std::size_t begin = out_.size();
    fill();
    ProtobufWriter length;
    length.add_varint(out_.size() - begin);
    out_.insert(begin, length.out_);
    return *this;
  }
  // Repeated numbers: varints of integers, fixed64 of double, fixed32 of float.
  template <class T>
  ProtobufWriter& packed(std::uint32_t field, std::span<const T> values) {
    ProtobufWriter inner;
    for (const T value : values)
      if constexpr (std::is_same_v<T, double>) inner.add_fixed(std::bit_cast<std::uint64_t>(value), 8);
      else if constexpr (std::is_same_v<T, float>) inner.add_fixed(std::bit_cast<std::uint32_t>(value), 4);
      else inner.add_varint(static_cast<std::uint64_t>(value));
    return message(field, inner);
  }

  const std::string& text() const noexcept { return out_; }
  std::string take() && noexcept { return std::move(out_); }

 private:
  void key(std::uint32_t field, std::uint32_t wire_type) { add_varint(std::uint64_t{field} << 3 | wire_type); }
  void add_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  // The byte of least value first.
  void add_fixed(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) out_ += static_cast<char>(value >> 8 * i & 0xff);
  }

  std::string out_;
};

}  // namespace teranga
