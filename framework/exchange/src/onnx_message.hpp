// SPDX-License-Identifier: Apache-2.0
// The wire format of protocol buffers, as far as ONNX needs it: numbers, texts, bytes and messages within messages, each behind the number of its field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace teranga::exchange {

class MessageWriter {
 public:
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }

  void integer(int field, std::int64_t number);
  void real(int field, float number);
  void text(int field, std::string_view bytes);
  // What `fill` writes is a message of that field.
  template <class F>
  void message(int field, F&& fill) {
    key(field, length_delimited);
    const std::size_t begin = bytes_.size();
    fill();
    bytes_.insert(begin, varint(bytes_.size() - begin));
  }

  std::string take() { return std::move(bytes_); }

 private:
  static constexpr int varying = 0, length_delimited = 2, four_bytes = 5;

  static std::string varint(std::uint64_t number);
  void key(int field, int kind) { bytes_ += varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(kind)); }

  std::string bytes_;
};

}  // namespace teranga::exchange
