// SPDX-License-Identifier: Apache-2.0
// What both element types of the matrix product refuse.
#pragma once

#include <teranga/math/gemm.hpp>

#include <teranga/core/error.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace teranga::math {

template <class T>
void check(const Gemm<T>& g) {
  const auto wrong = [](std::int64_t rows, std::int64_t columns, std::int64_t stride) { return rows > 1 && stride < columns; };
  if (g.m < 0 || g.n < 0 || g.k < 0 || wrong(g.transpose_a ? g.k : g.m, g.transpose_a ? g.m : g.k, g.lda) ||
      wrong(g.transpose_b ? g.n : g.k, g.transpose_b ? g.k : g.n, g.ldb) || wrong(g.m, g.n, g.ldc))
    throw Error(ExitCode::failure, fmt::format("gemm: m {} n {} k {} {}{} do not fit the row lengths lda {} ldb {} ldc {}", g.m, g.n, g.k,
                                               g.transpose_a ? 'T' : 'N', g.transpose_b ? 'T' : 'N', g.lda, g.ldb, g.ldc));
}

// C = beta C, the whole result where k or alpha is 0.
template <class T>
void scale_result(const Gemm<T>& g) {
  for (std::int64_t i = 0; i < g.m; ++i)
    for (std::int64_t j = 0; j < g.n; ++j) {
      T& c = g.c[i * g.ldc + j];
      c = g.beta == 0 ? T(0) : static_cast<T>(g.beta) * c;
    }
}

}  // namespace teranga::math
