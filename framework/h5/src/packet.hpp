// SPDX-License-Identifier: Apache-2.0
// The bytes in which two processes of one machine ask and answer: numbers as they lie in memory, texts with their length in front.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace teranga::h5 {

enum class Question : std::int32_t { open = 0, has, list, describe, read, has_attribute, attribute, attributes, close };

// What a frame holds: an answer, an error, or some bytes of numbers, of which more may follow until the answer.
enum class FrameKind : std::int32_t { answer = 0, error, numbers };

struct FrameHead {
  FrameKind kind;
  std::int32_t unused = 0;
  std::uint64_t bytes;
};

constexpr std::int64_t protocol = 2;  // both sides must speak the same

class Packet {
 public:
  template <class T>
  Packet& put(T value) {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Packet& put(const std::string& text) {
    put<std::uint64_t>(text.size());
    bytes_ += text;
    return *this;
  }
  const std::string& bytes() const noexcept { return bytes_; }

 private:
  std::string bytes_;
};

// Throws std::out_of_range where the bytes end early.
class PacketReader {
 public:
  explicit PacketReader(std::string_view bytes) : left_(bytes) {}

  template <class T>
  T get() {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
    if constexpr (std::is_same_v<T, bool>) return take(1)[0] != 0;  // a byte of any value is no bool
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string text() { return std::string(take(get<std::uint64_t>())); }
  std::size_t left() const noexcept { return left_.size(); }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > left_.size()) throw std::out_of_range("a packet ends early");
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::string_view left_;
};

}  // namespace teranga::h5
