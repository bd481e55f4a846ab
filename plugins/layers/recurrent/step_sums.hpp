// SPDX-License-Identifier: Apache-2.0
// Sums over the very many rows that all steps of all samples are. A weight gradient to [k, columns] += a^T d is a product; at 8 columns, where that
// spends more on packing rows than on them, a tile of the result stays in registers while a run of rows passes, short enough for the first caches.
#pragma once

#include <algorithm>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/slice.hpp>

#include "gate_product.hpp"

namespace teranga::layers {

template <class T>
struct WeightGradient {
  std::int64_t rows, k, columns;
  const T* a;  // [rows, k], lda apart
  std::int64_t lda;
  const T* d;  // [rows, columns], ldd apart
  std::int64_t ldd;
  T* to;  // [k, columns], ldto apart
  std::int64_t ldto;
};

namespace detail {

// R rows of the result and 8 columns of it, over all rows of a run.
template <class T, std::int64_t R>
TERANGA_FORCE_INLINE void outer_tile(const WeightGradient<T>& g) {
  constexpr std::int64_t W = 8, native = register_bytes / static_cast<std::int64_t>(sizeof(T)), lanes = native < W ? native : W, parts = W / lanes;
  using Vector = typename Lanes<T, lanes>::Vector;
  Vector sum[R][parts] = {};
  for (std::int64_t i = 0; i < g.rows; ++i) {
    Vector gradient[parts];
    for (std::int64_t p = 0; p < parts; ++p) gradient[p] = *reinterpret_cast<const Vector*>(g.d + i * g.ldd + p * lanes);
    for (std::int64_t r = 0; r < R; ++r)
      for (std::int64_t p = 0; p < parts; ++p) sum[r][p] += g.a[i * g.lda + r] * gradient[p];
  }
  for (std::int64_t r = 0; r < R; ++r)
    for (std::int64_t p = 0; p < parts; ++p) *reinterpret_cast<Vector*>(g.to + r * g.ldto + p * lanes) += sum[r][p];
}

}  // namespace detail

template <class T>
void add_weight_gradient(const WeightGradient<T>& g) {
  constexpr std::int64_t run = 256;
  if (g.columns != 8)
    return sdk::gemm<T>({.transpose_a = true, .m = g.k, .n = g.columns, .k = g.rows, .a = g.a, .lda = g.lda, .b = g.d, .ldb = g.ldd, .c = g.to, .ldc = g.ldto, .beta = 1});
  for (std::int64_t first = 0; first < g.rows; first += run) {
    WeightGradient<T> part{std::min(run, g.rows - first), g.k, 8, g.a + first * g.lda, g.lda, g.d + first * g.ldd, g.ldd, g.to, g.ldto};
    std::int64_t i = 0;
    for (; i + 8 <= g.k; i += 8, part.a += 8, part.to += 8 * g.ldto) detail::outer_tile<T, 8>(part);
    for (; i < g.k; ++i, ++part.a, part.to += g.ldto) detail::outer_tile<T, 1>(part);
  }
}

// total[c] += the sum over rows of d[row][c], rows ldd apart; four at a time so that less is lost by rounding.
template <class T>
void add_strided_column_sums(std::int64_t rows, std::int64_t columns, const T* d, std::int64_t ldd, T* total) {
  std::int64_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    const T *a = d + r * ldd, *b = a + ldd, *e = b + ldd, *f = e + ldd;
    sdk::each(columns, [=](std::int64_t i) { total[i] += (a[i] + b[i]) + (e[i] + f[i]); });
  }
  for (; r < rows; ++r) sdk::each(columns, [total, from = d + r * ldd](std::int64_t i) { total[i] += from[i]; });
}

}  // namespace teranga::layers
