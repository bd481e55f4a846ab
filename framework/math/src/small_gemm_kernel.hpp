// SPDX-License-Identifier: Apache-2.0
// The small matrix product, for the instruction set that the including file is compiled for. A tile of C (rows x vectors) is summed in
// registers over all of k.
#pragma once

#include "small_gemm.hpp"
#include "vector_register.hpp"

namespace {

using teranga::math::small_gemm_depth;
using teranga::math::SmallGemm;

constexpr int widest = 4;  // vectors of a tile with few rows; one with many rows has two
constexpr int panel_lanes = widest * Vector::lanes;

constexpr int vectors_for(int rows) { return rows <= Vector::rows / 3 ? widest : 2; }

// B as a tile reads it: row p at b + p * stride.
struct Panel {
  const float* b;
  std::int64_t stride;
};

template <int rows, int vectors, bool whole>
TERANGA_INLINE void finish_tile(const SmallGemm& g, const Vector (&sum)[rows][vectors], float* c, Vector::Mask mask) {
  const Vector alpha = Vector::all(g.alpha);
  const Vector beta = Vector::all(g.beta);
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) {
      float* const at = c + r * g.ldc + v * Vector::lanes;
      Vector result = Vector::multiply(alpha, sum[r][v]);
      if (whole || v + 1 < vectors) {
        if (g.beta != 0) result = Vector::multiply_add(beta, Vector::load(at), result);
        result.store(at);
      } else {
        if (g.beta != 0) result = Vector::multiply_add(beta, Vector::load(at, mask), result);
        result.store(at, mask);
      }
    }
}

// The last vector of a tile that is not whole has fewer columns, and `mask` says which.
template <int rows, int vectors, bool whole>
[[gnu::noinline]] void tile(const SmallGemm& g, const float* a, Panel panel, float* c, std::int64_t last) {
  const Vector::Mask mask = Vector::first(last);
  const std::int64_t a_row = g.a_row;
  const std::int64_t a_column = g.a_column;
  const float* b = panel.b;
  Vector sum[rows][vectors];
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) sum[r][v] = Vector::zero();
  for (std::int64_t p = 0; p < g.k; ++p) {
    Vector row[vectors];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v)
      row[v] = whole || v + 1 < vectors ? Vector::load(b + v * Vector::lanes) : Vector::load(b + v * Vector::lanes, mask);
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      const Vector factor = Vector::all(a[r * a_row]);
#pragma GCC unroll 8
      for (int v = 0; v < vectors; ++v) sum[r][v] = Vector::multiply_add(factor, row[v], sum[r][v]);
    }
    a += a_column;
    b += panel.stride;
  }
  finish_tile<rows, vectors, whole>(g, sum, c, mask);
}

// All columns [0, n) of a row block; n is at most panel_lanes where B was turned.
template <int rows, int vectors>
TERANGA_INLINE void columns_left(const SmallGemm& g, const float* a, Panel panel, float* c, std::int64_t n) {
  if (n > (vectors - 1) * Vector::lanes) {
    const std::int64_t last = n - (vectors - 1) * Vector::lanes;
    if (last == Vector::lanes)
      tile<rows, vectors, true>(g, a, panel, c, last);
    else
      tile<rows, vectors, false>(g, a, panel, c, last);
  } else if constexpr (vectors > 1) {
    columns_left<rows, vectors - 1>(g, a, panel, c, n);
  }
}

template <int rows>
void row_block(const SmallGemm& g, const float* a, Panel panel, float* c, std::int64_t n) {
  constexpr int vectors = vectors_for(rows);
  constexpr int columns = vectors * Vector::lanes;
  for (; n >= columns; n -= columns, c += columns, panel.b += columns) tile<rows, vectors, true>(g, a, panel, c, Vector::lanes);
  if (n > 0) columns_left<rows, vectors>(g, a, panel, c, n);
}

template <int rows>
void choose_rows(int wanted, const SmallGemm& g, const float* a, Panel panel, float* c, std::int64_t n) {
  if (wanted == rows) return row_block<rows>(g, a, panel, c, n);
  if constexpr (rows > 1) choose_rows<rows - 1>(wanted, g, a, panel, c, n);
}

// Columns [first, first + n) of C, rows in blocks of nearly equal height.
void all_rows(const SmallGemm& g, Panel panel, std::int64_t first, std::int64_t n) {
  std::int64_t blocks = (g.m + Vector::rows - 1) / Vector::rows;
  for (std::int64_t row = 0; row < g.m; --blocks) {
    const auto rows = static_cast<int>((g.m - row + blocks - 1) / blocks);
    choose_rows<Vector::rows>(rows, g, g.a + row * g.a_row, panel, g.c + row * g.ldc + first, n);
    row += rows;
  }
}

#if defined(__AVX__)

// 8 x 8: to[p * panel_lanes + j] = from[j * ldb + p].
TERANGA_INLINE void turn_block(const float* from, std::int64_t ldb, float* to) noexcept {
  __m256 half[8];
#pragma GCC unroll 8
  for (int i = 0; i < 4; ++i) {
    half[i] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from + i * ldb)), _mm_loadu_ps(from + (i + 4) * ldb), 1);
    half[i + 4] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from + i * ldb + 4)), _mm_loadu_ps(from + (i + 4) * ldb + 4), 1);
  }
#pragma GCC unroll 2
  for (int h = 0; h < 8; h += 4) {
    const __m256 low02 = _mm256_unpacklo_ps(half[h], half[h + 2]);
    const __m256 high02 = _mm256_unpackhi_ps(half[h], half[h + 2]);
    const __m256 low13 = _mm256_unpacklo_ps(half[h + 1], half[h + 3]);
    const __m256 high13 = _mm256_unpackhi_ps(half[h + 1], half[h + 3]);
    _mm256_storeu_ps(to + (h + 0) * panel_lanes, _mm256_unpacklo_ps(low02, low13));
    _mm256_storeu_ps(to + (h + 1) * panel_lanes, _mm256_unpackhi_ps(low02, low13));
    _mm256_storeu_ps(to + (h + 2) * panel_lanes, _mm256_unpacklo_ps(high02, high13));
    _mm256_storeu_ps(to + (h + 3) * panel_lanes, _mm256_unpackhi_ps(high02, high13));
  }
}
constexpr int turned = 8;

#else

TERANGA_INLINE void turn_block(const float* from, std::int64_t ldb, float* to) noexcept {
  for (int p = 0; p < 4; ++p)
    for (int j = 0; j < 4; ++j) to[p * panel_lanes + j] = from[j * ldb + p];
}
constexpr int turned = 4;

#endif

// panel[p][j] = b[j][p] for j in [0, n), p in [0, k).
void turn(const float* b, std::int64_t ldb, std::int64_t n, std::int64_t k, float* panel) noexcept {
  std::int64_t j = 0;
  for (; j + turned <= n; j += turned) {
    std::int64_t p = 0;
    for (; p + turned <= k; p += turned) turn_block(b + j * ldb + p, ldb, panel + p * panel_lanes + j);
    for (; p < k; ++p)
      for (int i = 0; i < turned; ++i) panel[p * panel_lanes + j + i] = b[(j + i) * ldb + p];
  }
  for (; j < n; ++j)
    for (std::int64_t p = 0; p < k; ++p) panel[p * panel_lanes + j] = b[j * ldb + p];
}

void multiply(const SmallGemm& g) {
  if (!g.transpose_b) return all_rows(g, {g.b, g.ldb}, 0, g.n);
  alignas(64) float panel[small_gemm_depth * panel_lanes];  // filled as far as it is read
  for (std::int64_t first = 0; first < g.n; first += panel_lanes) {
    const std::int64_t columns = g.n - first < panel_lanes ? g.n - first : panel_lanes;
    turn(g.b + first * g.ldb, g.ldb, columns, g.k, panel);
    all_rows(g, {panel, panel_lanes}, first, columns);
  }
}

}  // namespace
