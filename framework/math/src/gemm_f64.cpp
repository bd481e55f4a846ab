// SPDX-License-Identifier: Apache-2.0
#include <teranga/math/gemm.hpp>

#include "gemm_check.hpp"

#include <vector>

namespace teranga::math {
namespace {

// A row-major copy of op(B), so that the inner loop below runs along rows.
std::vector<double> turned(const Gemm64& g) {
  std::vector<double> out(static_cast<std::size_t>(g.k * g.n));
  for (std::int64_t j = 0; j < g.n; ++j)
    for (std::int64_t p = 0; p < g.k; ++p) out[static_cast<std::size_t>(p * g.n + j)] = g.b[j * g.ldb + p];
  return out;
}

void add_multiple(double factor, const double* __restrict row, double* __restrict sum, std::int64_t count) noexcept {
  for (std::int64_t j = 0; j < count; ++j) sum[j] += factor * row[j];
}

}  // namespace

void gemm(const Gemm64& product) {
  const Gemm64& g = product;
  check(g);
  if (g.m == 0 || g.n == 0) return;
  scale_result(g);
  if (g.alpha == 0) return;
  std::vector<double> copy;
  const double* b = g.b;
  std::int64_t ldb = g.ldb;
  if (g.transpose_b) {
    copy = turned(g);
    b = copy.data();
    ldb = g.n;
  }
  for (std::int64_t i = 0; i < g.m; ++i)
    for (std::int64_t p = 0; p < g.k; ++p)
      add_multiple(g.alpha * (g.transpose_a ? g.a[p * g.lda + i] : g.a[i * g.lda + p]), b + p * ldb, g.c + i * g.ldc, g.n);
}

}  // namespace teranga::math
