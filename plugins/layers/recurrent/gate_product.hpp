// SPDX-License-Identifier: Apache-2.0
// The product of a few rows with one gate's weights: weights packed once a call in column tiles, a register tile of rows and columns per kernel
// run. Columns of the states are padded to whole registers with zeros, so that only a product into rows of another's width has an edge.
#pragma once

#include <algorithm>
#include <cstdint>

#include <teranga/sdk/math.hpp>

namespace teranga::layers {

inline constexpr std::int64_t column_multiple = 8;

constexpr std::int64_t round_up(std::int64_t value, std::int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

// The same row of each sample of a block.
template <class T>
struct BlockRows {
  T* first;
  std::int64_t apart;  // elements from a sample's row to the next one's
  T* of(std::int64_t sample) const { return first + sample * apart; }
};

// to [rows, columns] = from [rows, columns] + a [rows, K] weights. `from` may be `to`, and null where the sum begins at zero.
template <class T>
struct GateProduct {
  std::int64_t rows, k, columns;
  BlockRows<const T> a;
  const T* packed;  // weights [K, columns], see pack_gate
  BlockRows<const T> from;
  BlockRows<T> to;
};

namespace detail {

#if defined(__AVX512F__)
inline constexpr std::int64_t register_bytes = 64;
#elif defined(__AVX__)
inline constexpr std::int64_t register_bytes = 32;
#else
inline constexpr std::int64_t register_bytes = 16;
#endif

template <class T, std::int64_t L>
struct Lanes {
  typedef T Vector __attribute__((vector_size(L * sizeof(T)), aligned(sizeof(T)), may_alias));
};

// W elements as registers: `parts` vectors of `lanes`.
template <class T, std::int64_t W>
struct Registers {
  static constexpr std::int64_t native = register_bytes / static_cast<std::int64_t>(sizeof(T)), lanes = native < W ? native : W, parts = W / lanes;
  using Vector = typename Lanes<T, lanes>::Vector;
};

template <class T, std::int64_t R, std::int64_t W>
TERANGA_FORCE_INLINE void tile(std::int64_t k, BlockRows<const T> a, const T* b, BlockRows<const T> from, BlockRows<T> to) {
  constexpr std::int64_t lanes = Registers<T, W>::lanes, parts = Registers<T, W>::parts;
  using Vector = typename Registers<T, W>::Vector;
  Vector sum[R][parts] = {};
  if (from.first)
    for (std::int64_t r = 0; r < R; ++r)
      for (std::int64_t p = 0; p < parts; ++p) sum[r][p] = *reinterpret_cast<const Vector*>(from.of(r) + p * lanes);
#pragma GCC unroll 4
  for (std::int64_t i = 0; i < k; ++i) {
    Vector weights[parts];
    for (std::int64_t p = 0; p < parts; ++p) weights[p] = *reinterpret_cast<const Vector*>(b + i * W + p * lanes);
    for (std::int64_t r = 0; r < R; ++r)
      for (std::int64_t p = 0; p < parts; ++p) sum[r][p] += a.of(r)[i] * weights[p];
  }
  for (std::int64_t r = 0; r < R; ++r)
    for (std::int64_t p = 0; p < parts; ++p) *reinterpret_cast<Vector*>(to.of(r) + p * lanes) = sum[r][p];
}

// All rows of W columns. By value: the stores of a tile could change what a reference refers to, for all that a compiler knows.
template <class T, std::int64_t W>
TERANGA_FORCE_INLINE void column_tile(std::int64_t rows, std::int64_t k, BlockRows<const T> a, const T* b, BlockRows<const T> from, BlockRows<T> to) {
  // Eight rows where the registers hold their sums: a lone tile of four waits for the latency of its additions.
  constexpr std::int64_t registers = register_bytes == 64 ? 32 : 16, parts = W * static_cast<std::int64_t>(sizeof(T)) / register_bytes;
  constexpr bool tall = 8 * parts + parts + 1 < registers;
  const auto move_on = [&](std::int64_t done) {
    a.first += done * a.apart, to.first += done * to.apart, rows -= done;
    if (from.first) from.first += done * from.apart;
  };
  if constexpr (tall)
    for (; rows >= 8; move_on(8)) tile<T, 8, W>(k, a, b, from, to);
  for (; rows >= 4; move_on(4)) tile<T, 4, W>(k, a, b, from, to);
  for (; rows >= 1; move_on(1)) tile<T, 1, W>(k, a, b, from, to);
}

// Fewer than eight columns: no row of the target is written behind its end.
template <class T>
void column_edge(const GateProduct<T>& g) {
  for (std::int64_t r = 0; r < g.rows; ++r) {
    T sum[column_multiple] = {};
    if (g.from.first) std::copy_n(g.from.of(r), g.columns, sum);
    tile<T, 1, column_multiple>(g.k, {g.a.of(r), 0}, g.packed, {sum, 0}, {sum, 0});
    std::copy_n(sum, g.columns, g.to.of(r));
  }
}

}  // namespace detail

// Weights of one gate, element (i, u) at data + i * row_apart + u * column_apart.
template <class T>
struct GateWeights {
  std::int64_t k, columns;
  const T* data;
  std::int64_t row_apart, column_apart;
};

// In tiles of 16 columns, then of 8, for a product of `width` columns, of which those behind the weights' own are zeros; K x round_up(width, 8) elements.
template <class T>
void pack_gate(const GateWeights<T>& w, std::int64_t width, T* packed) {
  for (std::int64_t u = 0; u < width;) {
    const std::int64_t columns = width - u >= 16 ? 16 : 8;
    for (std::int64_t i = 0; i < w.k; ++i)
      for (std::int64_t c = u; c < u + columns; ++c) *packed++ = c < w.columns ? w.data[i * w.row_apart + c * w.column_apart] : T(0);
    u += columns;
  }
}

template <class T>
void multiply_gate(const GateProduct<T>& g) {
  const T* packed = g.packed;
  BlockRows<const T> from = g.from;
  BlockRows<T> to = g.to;
  std::int64_t left = g.columns;
  const auto move_on = [&](std::int64_t columns) {
    packed += columns * g.k, to.first += columns, left -= columns;
    if (from.first) from.first += columns;
  };
  for (; left >= 16; move_on(16)) detail::column_tile<T, 16>(g.rows, g.k, g.a, packed, from, to);
  for (; left >= 8; move_on(8)) detail::column_tile<T, 8>(g.rows, g.k, g.a, packed, from, to);
  if (left > 0) detail::column_edge<T>({g.rows, g.k, left, g.a, packed, from, to});
}

}  // namespace teranga::layers
