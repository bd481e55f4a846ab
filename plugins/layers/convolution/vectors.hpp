// SPDX-License-Identifier: Apache-2.0
// Vectors of L floats that the compiler maps to the instruction set of the build.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace teranga::convolution {

#if defined(__AVX512F__)
inline constexpr int widest = 16, registers = 32;
#elif defined(__AVX__)
inline constexpr int widest = 8, registers = 16;
#else
inline constexpr int widest = 4, registers = 16;
#endif

// For channels that would leave the widest vectors emptier.
inline constexpr int narrower = widest > 8 ? widest / 2 : widest;

template <int L>
struct Lanes {
  typedef float Vector __attribute__((vector_size(L * sizeof(float)), aligned(sizeof(float)), may_alias));
};
template <int L>
using Vector = typename Lanes<L>::Vector;

template <int L>
Vector<L> load(const float* from) { return *reinterpret_cast<const Vector<L>*>(from); }
template <int L>
void store(float* to, Vector<L> value) { *reinterpret_cast<Vector<L>*>(to) = value; }

// The first `count` lanes only, from values that lie `step` apart; the others are zeros.
template <int L>
Vector<L> load_some(const float* from, std::int64_t step, std::int64_t count) {
  if (step == 1 && count >= L) return load<L>(from);
  alignas(64) float lanes[L] = {};
  for (std::int64_t i = 0; i < std::min<std::int64_t>(count, L); ++i) lanes[i] = from[i * step];
  return load<L>(lanes);
}
// The first `count` lanes only.
template <int L>
void store_some(float* to, Vector<L> value, std::int64_t count) {
  alignas(64) float lanes[L];
  store<L>(lanes, value);
  std::int64_t i = 0;
  for (; i + 4 <= count && i + 4 <= L; i += 4) std::memcpy(to + i, lanes + i, 4 * sizeof(float));
  for (; i < count && i < L; ++i) to[i] = lanes[i];
}

// Calls body(std::integral_constant<int, lanes>, first channel) for vectors that cover `filled` channels, a multiple of `narrower`.
template <class Body>
void for_each_vector(std::int64_t filled, Body&& body) {
  std::int64_t first = 0;
  for (; first + widest <= filled; first += widest) body(std::integral_constant<int, widest>(), first);
  for (; first < filled; first += narrower) body(std::integral_constant<int, narrower>(), first);
}

}  // namespace teranga::convolution
