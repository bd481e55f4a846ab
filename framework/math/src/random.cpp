// SPDX-License-Identifier: Apache-2.0
// Made in batches of 16 counters, so that the compiler vectorises the rounds. This file is compiled without fused multiply-add: every step
// is rounded alike on every CPU.
#include <teranga/math/random.hpp>

#include <teranga/core/clones.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

namespace teranga::math {
namespace {

constexpr std::uint32_t multiplier_0 = 0xD2511F53u;
constexpr std::uint32_t multiplier_1 = 0xCD9E8D57u;
constexpr std::uint32_t step_0 = 0x9E3779B9u;  // golden ratio
constexpr std::uint32_t step_1 = 0xBB67AE85u;  // sqrt(3) - 1
constexpr std::uint32_t rounds = 10;

constexpr int counters = 16;         // of a batch
constexpr int batch = 4 * counters;  // words

[[gnu::always_inline]] inline std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
[[gnu::always_inline]] inline std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

[[gnu::always_inline]] inline std::uint32_t high_product(std::uint32_t a, std::uint32_t b) { return high(std::uint64_t{a} * b); }

// Words [4 block, 4 block + 64) of the stream. All rounds of a counter stand in one loop body, so that the state stays in registers.
TERANGA_CLONES void make_words(std::uint64_t key, std::uint64_t row, std::uint64_t block, std::uint32_t* __restrict out) {
  const std::uint32_t k0 = low(key);
  const std::uint32_t k1 = high(key);
  const std::uint32_t first = low(block);
  std::uint32_t words[4][counters];
  for (std::uint32_t i = 0; i < counters; ++i) {
    std::uint32_t c0 = first + i;
    std::uint32_t c1 = high(block) + (c0 < first ? 1u : 0u);
    std::uint32_t c2 = low(row);
    std::uint32_t c3 = high(row);
#pragma GCC unroll 10
    for (std::uint32_t round = 0; round < rounds; ++round) {
      const std::uint32_t high_0 = high_product(multiplier_0, c0);
      const std::uint32_t high_1 = high_product(multiplier_1, c2);
      const std::uint32_t low_0 = multiplier_0 * c0;
      const std::uint32_t low_1 = multiplier_1 * c2;
      c0 = high_1 ^ c1 ^ (k0 + round * step_0);
      c1 = low_1;
      c2 = high_0 ^ c3 ^ (k1 + round * step_1);
      c3 = low_0;
    }
    words[0][i] = c0;
    words[1][i] = c1;
    words[2][i] = c2;
    words[3][i] = c3;
  }
  for (int i = 0; i < counters; ++i)
    for (int word = 0; word < 4; ++word) out[4 * i + word] = words[word][i];
}

template <class T>
[[gnu::always_inline]] inline T uniform_of(std::uint32_t word) {
  return static_cast<T>(static_cast<std::int32_t>(word >> 8)) * static_cast<T>(0x1p-24);
}

TERANGA_CLONES void to_uniform(const std::uint32_t* __restrict words, std::int64_t count, float* __restrict out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = uniform_of<float>(words[i]);
}

void to_uniform(const std::uint32_t* words, std::int64_t count, double* out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = uniform_of<double>(words[i]);
}

// -ln u for u = (t + 1/2) / 2^31. Near 1, where u has no room for its digits, it is worked out from 1 - u.
[[gnu::always_inline]] inline float minus_log(std::int32_t t) {
  const float u = (static_cast<float>(t) + 0.5f) * 0x1p-31f;
  const float v = (static_cast<float>(0x7fffffff - t) + 0.5f) * 0x1p-31f;
  constexpr std::int32_t root_half = 0x3f3504f3;
  const std::int32_t bits = std::bit_cast<std::int32_t>(u) - root_half;
  const float mantissa = std::bit_cast<float>((bits & 0x7fffff) + root_half);  // in [sqrt(1/2), sqrt(2))
  const bool near_one = v < 0.25f;
  const float e = near_one ? 0.0f : static_cast<float>(bits >> 23);
  const float f = near_one ? -v : mantissa - 1.0f;
  // ln(1 + f) = 2 artanh(s), s = f / (2 + f)
  const float s = f / (2.0f + f);
  const float z = s * s;
  const float series = z * (0.66666663f + z * (0.40000346f + z * (0.28536603f + z * 0.23596334f)));
  const float half = 0.5f * f * f;
  return -((f - (half - s * (half + series))) + e * 0.69314718f);
}

[[gnu::always_inline]] inline void normal_pair(std::uint32_t first, std::uint32_t second, float& a, float& b) {
  const float radius = std::sqrt(2.0f * minus_log(static_cast<std::int32_t>(first >> 1)));
  const std::uint32_t quarter = (second + 0x20000000u) >> 30;
  const float x = static_cast<float>(static_cast<std::int32_t>(second - (quarter << 30))) * 1.46291807e-9f;  // 2 pi / 2^32: |x| <= pi / 4
  const float z = x * x;
  const float sine = x + x * z * (-1.6666655e-1f + z * (8.3321761e-3f + z * -1.9516976e-4f));
  const float cosine = 1.0f - 0.5f * z + z * z * (4.1666646e-2f + z * (-1.3887364e-3f + z * 2.4438090e-5f));
  const bool swapped = (quarter & 1u) != 0;
  const float c = swapped ? sine : cosine;
  const float s = swapped ? cosine : sine;
  const bool left = ((quarter + 1u) & 2u) != 0;  // quarters 1 and 2
  const bool below = (quarter & 2u) != 0;        // quarters 2 and 3
  a = radius * (left ? -c : c);
  b = radius * (below ? -s : s);
}

TERANGA_CLONES void to_normal(const std::uint32_t* __restrict words, std::int64_t count, float* __restrict out) {
  for (std::int64_t i = 0; i < count / 2; ++i) {
    float a;
    float b;
    normal_pair(words[2 * i], words[2 * i + 1], a, b);
    out[2 * i] = a;
    out[2 * i + 1] = b;
  }
}

void to_normal(const std::uint32_t* words, std::int64_t count, double* out) {
  for (std::int64_t i = 0; i < count; i += 2) {
    const double u = (static_cast<double>(words[i] >> 1) + 0.5) * 0x1p-31;
    const double angle = 2 * std::numbers::pi * (static_cast<double>(words[i + 1]) * 0x1p-32);
    const double radius = std::sqrt(-2 * std::log(u));
    out[i] = radius * std::cos(angle);
    out[i + 1] = radius * std::sin(angle);
  }
}

// Calls convert(words, count, out) for pieces that begin at a counter, and cuts out what was asked for. `count` is even.
template <class T, class Convert>
void in_batches(std::uint64_t key, std::uint64_t row, std::uint64_t first, std::int64_t count, T* out, Convert convert) {
  alignas(64) std::uint32_t words[batch];
  alignas(64) T whole[batch];
  while (count > 0) {
    const auto skip = static_cast<std::int64_t>(first % 4);
    make_words(key, row, first / 4, words);
    const std::int64_t taken = std::min<std::int64_t>(count, batch - skip);
    if (skip == 0 && taken == batch) {
      convert(words, batch, out);
    } else {
      convert(words, (skip + taken + 1) / 2 * 2, whole);
      std::memcpy(out, whole + skip, static_cast<std::size_t>(taken) * sizeof(T));
    }
    first += static_cast<std::uint64_t>(taken);
    out += taken;
    count -= taken;
  }
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> key) noexcept {
  std::array<std::uint32_t, batch> words;
  make_words(key[0] | std::uint64_t{key[1]} << 32, c[2] | std::uint64_t{c[3]} << 32, c[0] | std::uint64_t{c[1]} << 32, words.data());
  return {words[0], words[1], words[2], words[3]};
}

void RandomStream::bits(std::uint64_t first, std::int64_t count, std::uint32_t* out) const noexcept {
  in_batches(key_, row_, first, count, out, [](const std::uint32_t* words, std::int64_t n, std::uint32_t* to) {
    std::memcpy(to, words, static_cast<std::size_t>(n) * sizeof *to);
  });
}

void RandomStream::uniform(std::uint64_t first, std::int64_t count, float* out) const noexcept {
  in_batches(key_, row_, first, count, out, [](const std::uint32_t* words, std::int64_t n, float* to) { to_uniform(words, n, to); });
}

void RandomStream::uniform(std::uint64_t first, std::int64_t count, double* out) const noexcept {
  in_batches(key_, row_, first, count, out, [](const std::uint32_t* words, std::int64_t n, double* to) { to_uniform(words, n, to); });
}

void RandomStream::normal(std::uint64_t first, std::int64_t count, float* out) const noexcept {
  in_batches(key_, row_, first, count, out, [](const std::uint32_t* words, std::int64_t n, float* to) { to_normal(words, n, to); });
}

void RandomStream::normal(std::uint64_t first, std::int64_t count, double* out) const noexcept {
  in_batches(key_, row_, first, count, out, [](const std::uint32_t* words, std::int64_t n, double* to) { to_normal(words, n, to); });
}

}  // namespace teranga::math
