// SPDX-License-Identifier: Apache-2.0
// The product of a few state rows with one gate's recurrent weights: weights packed once a call in column tiles, a register tile of rows and
// columns per kernel run. Rows and columns of the states are padded with zeros, so that no kernel has an edge.
#pragma once

#include <cstdint>

#include <teranga/sdk/math.hpp>

namespace teranga::layers {

inline constexpr std::int64_t row_multiple = 4, column_multiple = 8;

constexpr std::int64_t round_up(std::int64_t value, std::int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

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

// z [R, W] += a [R, k] b [k, W]; rows of a are lda apart, those of z ldz, those of b follow each other.
template <class T, std::int64_t R, std::int64_t W>
TERANGA_FORCE_INLINE void tile(std::int64_t k, const T* a, std::int64_t lda, const T* b, T* z, std::int64_t ldz) {
  constexpr std::int64_t native = register_bytes / static_cast<std::int64_t>(sizeof(T)), lanes = native < W ? native : W, parts = W / lanes;
  using Vector = typename Lanes<T, lanes>::Vector;
  Vector sum[R][parts];
  for (std::int64_t r = 0; r < R; ++r)
    for (std::int64_t p = 0; p < parts; ++p) sum[r][p] = *reinterpret_cast<const Vector*>(z + r * ldz + p * lanes);
  for (std::int64_t i = 0; i < k; ++i) {
    Vector weights[parts];
    for (std::int64_t p = 0; p < parts; ++p) weights[p] = *reinterpret_cast<const Vector*>(b + i * W + p * lanes);
    for (std::int64_t r = 0; r < R; ++r)
      for (std::int64_t p = 0; p < parts; ++p) sum[r][p] += a[r * lda + i] * weights[p];
  }
  for (std::int64_t r = 0; r < R; ++r)
    for (std::int64_t p = 0; p < parts; ++p) *reinterpret_cast<Vector*>(z + r * ldz + p * lanes) = sum[r][p];
}

template <class T, std::int64_t W>
TERANGA_FORCE_INLINE void column_tile(std::int64_t rows, std::int64_t k, const T* a, std::int64_t lda, const T* b, T* z, std::int64_t ldz) {
  // Eight rows where the registers hold their sums: a lone tile of four waits for the latency of its additions.
  constexpr std::int64_t registers = register_bytes == 64 ? 32 : 16, parts = W * static_cast<std::int64_t>(sizeof(T)) / register_bytes;
  constexpr bool tall = 8 * parts + parts + 1 < registers;
  std::int64_t r = 0;
  if constexpr (tall)
    for (; r + 8 <= rows; r += 8) tile<T, 8, W>(k, a + r * lda, lda, b, z + r * ldz, ldz);
  for (; r < rows; r += row_multiple) tile<T, row_multiple, W>(k, a + r * lda, lda, b, z + r * ldz, ldz);
}

}  // namespace detail

// Weights [K, columns] of one gate in tiles of 16 columns, the last of 8 where that is enough; K x round_up(columns, 8) elements.
template <class T>
void pack_gate(std::int64_t k, std::int64_t columns, const T* weights, std::int64_t row_stride, std::int64_t column_stride, T* packed) {
  const std::int64_t padded = round_up(columns, column_multiple);
  for (std::int64_t u = 0; u < padded;) {
    const std::int64_t width = padded - u >= 16 ? 16 : 8;
    for (std::int64_t i = 0; i < k; ++i)
      for (std::int64_t w = 0; w < width; ++w) *packed++ = u + w < columns ? weights[i * row_stride + (u + w) * column_stride] : T(0);
    u += width;
  }
}

// z [rows, columns] += a [rows, K] weights; rows of a are lda apart, those of z round_up(columns, 8).
template <class T>
struct GateProduct {
  std::int64_t rows, k, columns;  // rows: a multiple of row_multiple
  const T* a;
  std::int64_t lda;
  const T* packed;
  T* z;
};

template <class T>
void add_gate_product(const GateProduct<T>& g) {
  const std::int64_t ldz = round_up(g.columns, column_multiple);
  const T* packed = g.packed;
  std::int64_t u = 0;
  for (; u + 16 <= ldz; u += 16, packed += 16 * g.k) detail::column_tile<T, 16>(g.rows, g.k, g.a, g.lda, packed, g.z + u, ldz);
  if (u < ldz) detail::column_tile<T, 8>(g.rows, g.k, g.a, g.lda, packed, g.z + u, ldz);
}

}  // namespace teranga::layers
