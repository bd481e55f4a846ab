// SPDX-License-Identifier: Apache-2.0
// Chooses between the kernel library's product and our own for small ones, by shape alone.
#include <teranga/math/gemm.hpp>

#include "gemm_check.hpp"
#include "small_gemm.hpp"

#include <dnnl.h>
#include <omp.h>

namespace teranga::math {
namespace {

// Where our own product is at least as fast on AVX2 and AVX-512, by measurement. The library is weak where there is little to do (up to ten
// times), with few rows and columns, and where B is transposed (A and B: thirty times on AVX-512). Ours is weak where a transposed B has to
// be turned for a few rows only, and in a product with a single column.
bool is_small(const Gemm32& g) {
  const std::int64_t work = g.m * g.n * g.k;
  if (g.n == 1) return work <= 256;
  if (!g.transpose_b) return work <= 1 << 21;
  if (g.k > small_gemm_depth) return false;
  if (g.transpose_a) return work <= 1 << 24;
  return work <= 1 << 21 && (g.m >= 12 || g.n * g.k <= 2048);
}

void small(const Gemm32& g) {
  static const SmallGemmKernel kernel = small_gemm_kernel();
  SmallGemm s;
  s.m = g.m;
  s.n = g.n;
  s.k = g.k;
  s.a = g.a;
  s.a_row = g.transpose_a ? 1 : g.lda;
  s.a_column = g.transpose_a ? g.lda : 1;
  s.b = g.b;
  s.ldb = g.ldb;
  s.transpose_b = g.transpose_b;
  s.alpha = static_cast<float>(g.alpha);
  s.beta = static_cast<float>(g.beta);
  s.c = g.c;
  s.ldc = g.ldc;
  kernel(s);
}

void large(const Gemm32& g) {
  thread_local bool single = false;
  if (!single) {
    omp_set_num_threads(1);
    single = true;
  }
  const dnnl_status_t status = dnnl_sgemm(g.transpose_a ? 'T' : 'N', g.transpose_b ? 'T' : 'N', g.m, g.n, g.k, static_cast<float>(g.alpha),
                                          g.a, g.lda, g.b, g.ldb, static_cast<float>(g.beta), g.c, g.ldc);
  if (status != dnnl_success)
    throw Error(ExitCode::failure,
                fmt::format("oneDNN refused the matrix product m {} n {} k {} with status {}", g.m, g.n, g.k, static_cast<int>(status)));
}

}  // namespace

void gemm(const Gemm32& product) {
  check(product);
  if (product.m == 0 || product.n == 0) return;
  if (product.k == 0 || product.alpha == 0) return scale_result(product);
  if (is_small(product))
    small(product);
  else
    large(product);
}

}  // namespace teranga::math
