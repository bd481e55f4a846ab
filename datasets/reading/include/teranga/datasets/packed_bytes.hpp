// SPDX-License-Identifier: Apache-2.0
// What a data set learnt, as the bytes of a checkpoint: little-endian fixed-width numbers, texts with their length in front, a signature first.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

class PackedBytes {
 public:
  explicit PackedBytes(std::string_view signature) : bytes_(signature) {}

  template <class T>
  void put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void text(std::string_view text) {
    put<std::uint64_t>(text.size());
    bytes_ += text;
  }
  void texts(const std::vector<std::string>& texts) {
    put<std::uint64_t>(texts.size());
    for (const std::string& one : texts) text(one);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Throws DataError, without a place, where the bytes end early or carry another signature.
class UnpackedBytes {
 public:
  UnpackedBytes(std::string_view bytes, std::string_view signature, std::string_view learnt_from) : left_(bytes) {
    if (!left_.starts_with(signature)) throw sdk::DataError("", "what the checkpoint keeps was not learnt from " + std::string(learnt_from));
    left_.remove_prefix(signature.size());
  }

  template <class T>
  T get() {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    std::memcpy(&value, take(sizeof(value)).data(), sizeof(value));
    return value;
  }
  std::string text() { return std::string(take(get<std::uint64_t>())); }
  std::vector<std::string> texts() {
    std::vector<std::string> texts;
    for (auto left = get<std::uint64_t>(); left > 0; --left) texts.push_back(text());  // each takes 8 bytes or more: a wrong count soon ends
    return texts;
  }
  void end() const {
    if (!left_.empty()) damaged();
  }
  [[noreturn]] static void damaged() { throw sdk::DataError("", "what the checkpoint keeps of the data is damaged"); }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > left_.size()) damaged();
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::string_view left_;
};

}  // namespace teranga::datasets
