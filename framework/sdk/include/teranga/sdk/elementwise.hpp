// SPDX-License-Identifier: Apache-2.0
// Loops that GCC vectorises without being told to reorder floating-point sums: maps whose target may be their source, and reductions in
// sixteen interleaved lanes, whose order depends on the length alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <teranga/sdk/math.hpp>
#include <teranga/sdk/shape.hpp>

namespace teranga::sdk {

// body(i) for i in [0, count). Whatever one i writes, no other i reads.
template <class F>
TERANGA_FORCE_INLINE void each(std::int64_t count, F body) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < count; ++i) body(i);
}

// Combines term(i) for i in [0, count) from `start`, where combine(start, v) = v.
template <class S, class Term, class Combine>
TERANGA_FORCE_INLINE S reduce(std::int64_t count, S start, Term term, Combine combine) {
  constexpr std::int64_t lanes = 16;
  if (count < lanes) {
    S total = start;
    for (std::int64_t i = 0; i < count; ++i) total = combine(total, term(i));
    return total;
  }
  S lane[lanes];
  for (std::int64_t l = 0; l < lanes; ++l) lane[l] = start;
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (std::int64_t l = 0; l < lanes; ++l) lane[l] = combine(lane[l], term(i + l));
  for (std::int64_t l = 0; i < count; ++i, ++l) lane[l] = combine(lane[l], term(i));
  for (std::int64_t half = lanes / 2; half > 0; half /= 2)
    for (std::int64_t l = 0; l < half; ++l) lane[l] = combine(lane[l], lane[l + half]);
  return lane[0];
}

template <class S, class Term>
TERANGA_FORCE_INLINE S sum(std::int64_t count, Term term) {
  return reduce(count, S(0), term, [](S a, S b) { return a + b; });
}

// The largest; NaN where there is one among them is not promised.
template <class T>
TERANGA_FORCE_INLINE T largest(std::int64_t count, const T* x) {
  return reduce(count, x[0], [x](std::int64_t i) { return x[i]; }, [](T a, T b) { return b > a ? b : a; });
}

// to = from, of equal size; nothing to do where they share memory. An empty `from` is zero.
template <class T>
void pass_on(const View<const T>& from, const View<T>& to) {
  if (!to || to.data == from.data) return;
  if (from) std::memcpy(to.data, from.data, static_cast<std::size_t>(to.count()) * sizeof(T));
  else std::fill_n(to.data, to.count(), T(0));
}

// total[c] += the sum over rows of x[row][c], four rows at a time so that less is lost by rounding.
template <class T>
void add_column_sums(const T* x, std::int64_t rows, std::int64_t columns, T* total) {
  std::int64_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    const T *a = x + r * columns, *b = a + columns, *c = b + columns, *d = c + columns;
    each(columns, [=](std::int64_t i) { total[i] += (a[i] + b[i]) + (c[i] + d[i]); });
  }
  for (; r < rows; ++r) {
    const T* a = x + r * columns;
    each(columns, [=](std::int64_t i) { total[i] += a[i]; });
  }
}

}  // namespace teranga::sdk
