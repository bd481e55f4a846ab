// SPDX-License-Identifier: Apache-2.0
// Sums over the very many rows that all steps of all samples are. A weight gradient to [K, U] += a^T d is a product where the rows lie one after the
// other. Where they lie step by step, a tile of the result stays in registers while a run of steps passes, short enough for the first cache.
#pragma once

#include <algorithm>

#include <teranga/sdk/elementwise.hpp>

#include "gate_product.hpp"

namespace teranga::layers {

// The rows of a block's samples in all steps.
template <class T>
struct StepRows {
  const T* first;
  std::int64_t step_apart, row_apart;
  const T* of(std::int64_t step, std::int64_t row) const { return first + step * step_apart + row * row_apart; }
};

// Of [K] and [U] for each step and row; the rows of d are padded to whole registers.
template <class T>
struct StepProduct {
  std::int64_t steps, rows;
  StepRows<T> a;
  std::int64_t k;
  StepRows<T> d;
  std::int64_t columns;
};

namespace detail {

// R rows and W columns of `sums`, whose rows are p.columns apart, over the steps [begin, end).
template <class T, std::int64_t R, std::int64_t W>
TERANGA_FORCE_INLINE void outer_tile(const StepProduct<T>& p, std::int64_t begin, std::int64_t end, T* sums) {
  constexpr std::int64_t lanes = Registers<T, W>::lanes, parts = Registers<T, W>::parts;
  using Vector = typename Registers<T, W>::Vector;
  Vector sum[R][parts];
  for (std::int64_t i = 0; i < R; ++i)
    for (std::int64_t v = 0; v < parts; ++v) sum[i][v] = *reinterpret_cast<const Vector*>(sums + i * p.columns + v * lanes);
  for (std::int64_t step = begin; step < end; ++step) {
    const T *a = p.a.of(step, 0), *d = p.d.of(step, 0);
#pragma GCC unroll 2
    for (std::int64_t r = 0; r < p.rows; ++r, a += p.a.row_apart, d += p.d.row_apart) {
      Vector row[parts];
      for (std::int64_t v = 0; v < parts; ++v) row[v] = *reinterpret_cast<const Vector*>(d + v * lanes);
      for (std::int64_t i = 0; i < R; ++i)
        for (std::int64_t v = 0; v < parts; ++v) sum[i][v] += a[i] * row[v];
    }
  }
  for (std::int64_t i = 0; i < R; ++i)
    for (std::int64_t v = 0; v < parts; ++v) *reinterpret_cast<Vector*>(sums + i * p.columns + v * lanes) = sum[i][v];
}

// As many rows in a tile as make eight sums: an addition's latency passes while the others begin.
template <class T, std::int64_t W>
void outer_column(StepProduct<T> p, std::int64_t begin, std::int64_t end, T* sums) {
  constexpr std::int64_t R = std::max<std::int64_t>(1, 8 / Registers<T, W>::parts);
  std::int64_t i = 0;
  for (; i + R <= p.k; i += R, p.a.first += R, sums += R * p.columns) outer_tile<T, R, W>(p, begin, end, sums);
  for (; i < p.k; ++i, ++p.a.first, sums += p.columns) outer_tile<T, 1, W>(p, begin, end, sums);
}

// sums [K, columns] = the sum of all a^T d; columns: a multiple of eight.
template <class T>
void sum_products(const StepProduct<T>& p, T* sums) {
  constexpr std::int64_t at_once = 128;  // rows
  const std::int64_t run = std::max<std::int64_t>(1, at_once / p.rows);
  std::fill_n(sums, p.k * p.columns, T(0));
  for (std::int64_t begin = 0; begin < p.steps; begin += run) {
    const std::int64_t end = std::min(p.steps, begin + run);
    StepProduct<T> part = p;
    std::int64_t u = 0;
    for (; u + 16 <= p.columns; u += 16, part.d.first += 16) outer_column<T, 16>(part, begin, end, sums + u);
    if (u < p.columns) outer_column<T, column_multiple>(part, begin, end, sums + u);
  }
}

}  // namespace detail

// to [K, columns] += the sum of all a^T d, rows of `to` apart. `sums` is room for K x round_up(columns, 8) elements, and as many by columns x K.
template <class T>
void add_step_products(const StepProduct<T>& p, T* sums, T* to, std::int64_t apart) {
  const std::int64_t padded = round_up(p.columns, column_multiple);
  // The broader side lies along the registers.
  if (p.k > padded && p.k % column_multiple == 0) {
    detail::sum_products<T>({p.steps, p.rows, p.d, p.columns, p.a, p.k}, sums);
    for (std::int64_t i = 0; i < p.k; ++i)
      for (std::int64_t u = 0; u < p.columns; ++u) to[i * apart + u] += sums[u * p.k + i];
    return;
  }
  detail::sum_products<T>({p.steps, p.rows, p.a, p.k, p.d, padded}, sums);
  for (std::int64_t i = 0; i < p.k; ++i)
    for (std::int64_t u = 0; u < p.columns; ++u) to[i * apart + u] += sums[i * padded + u];
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

// total [columns] += the sum of all rows, which are padded to whole registers.
template <class T>
void add_step_sums(std::int64_t steps, std::int64_t rows, StepRows<T> d, std::int64_t columns, T* total) {
  using Vector = typename detail::Registers<T, column_multiple>::Vector;
  constexpr std::int64_t lanes = detail::Registers<T, column_multiple>::lanes;
  for (std::int64_t u = 0; u < columns; u += lanes, d.first += lanes) {
    Vector all = {};
    for (std::int64_t step = 0; step < steps; ++step) {  // step by step first, so that less is lost by rounding
      Vector sum = {};
      for (std::int64_t r = 0; r < rows; ++r) sum += *reinterpret_cast<const Vector*>(d.of(step, r));
      all += sum;
    }
    for (std::int64_t i = 0; i < std::min(lanes, columns - u); ++i) total[u + i] += all[i];
  }
}

}  // namespace teranga::layers
