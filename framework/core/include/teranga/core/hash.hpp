// SPDX-License-Identifier: Apache-2.0
// 128-bit content hashes (xxHash's XXH3): they find damage and differing builds; they are no protection against forgery.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace teranga {

// 32 lower-case hexadecimal digits.
std::string content_hash(const void* bytes, std::size_t size);

// The same of bytes that come piece by piece.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  ContentHash(const ContentHash&) = delete;
  ContentHash& operator=(const ContentHash&) = delete;

  void add(const void* bytes, std::size_t size);
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string file_hash(const std::string& path);  // throws Error(failure) where the file cannot be read
std::uint64_t hash64(std::string_view text) noexcept;

}  // namespace teranga
