// SPDX-License-Identifier: Apache-2.0
#include <teranga/parallel/past_caches.hpp>

#include <cassert>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace teranga {

#if defined(__x86_64__)
void copy_past_caches(void* to, const void* from, std::size_t bytes) noexcept {
  assert(reinterpret_cast<std::uintptr_t>(to) % sizeof(__m128i) == 0);
  auto* out = static_cast<char*>(to);
  const auto* in = static_cast<const char*>(from);
  const std::size_t whole = bytes / sizeof(__m128i) * sizeof(__m128i);
  for (std::size_t at = 0; at < whole; at += sizeof(__m128i))
    _mm_stream_si128(reinterpret_cast<__m128i*>(out + at), _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + at)));
  std::memcpy(out + whole, in + whole, bytes - whole);
  _mm_sfence();
}
void clear_past_caches(void* to, std::size_t bytes) noexcept {
  assert(reinterpret_cast<std::uintptr_t>(to) % sizeof(__m128i) == 0);
  auto* out = static_cast<char*>(to);
  const std::size_t whole = bytes / sizeof(__m128i) * sizeof(__m128i);
  for (std::size_t at = 0; at < whole; at += sizeof(__m128i)) _mm_stream_si128(reinterpret_cast<__m128i*>(out + at), _mm_setzero_si128());
  std::memset(out + whole, 0, bytes - whole);
  _mm_sfence();
}
#else
void copy_past_caches(void* to, const void* from, std::size_t bytes) noexcept { std::memcpy(to, from, bytes); }
void clear_past_caches(void* to, std::size_t bytes) noexcept { std::memset(to, 0, bytes); }
#endif

}  // namespace teranga
