// SPDX-License-Identifier: Apache-2.0
// Bytes behind memory that a plugin writes to: whoever writes over the end changes them, and is named. Without them, the layer whose memory lies next would fail.
#pragma once

#include <cstddef>
#include <cstring>

namespace teranga::model {

constexpr std::size_t guard_bytes = 64;
constexpr unsigned char guard_byte = 0xA5;

inline void set_guard(void* at) noexcept { std::memset(at, guard_byte, guard_bytes); }

inline bool is_intact(const void* at) noexcept {
  const auto* const bytes = static_cast<const unsigned char*>(at);
  for (std::size_t i = 0; i < guard_bytes; ++i)
    if (bytes[i] != guard_byte) return false;
  return true;
}

}  // namespace teranga::model
