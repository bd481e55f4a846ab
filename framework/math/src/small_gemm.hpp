// SPDX-License-Identifier: Apache-2.0
// Matrix products too small, or laid out too unkindly, for the kernel library: no packing of A, B read where it lies, and a transposed B
// turned panel by panel. Every element of C is one running sum over k in ascending order, so its bits depend neither on m nor on n.
#pragma once

#include <cstdint>

namespace teranga::math {

struct SmallGemm {
  std::int64_t m = 0;
  std::int64_t n = 0;
  std::int64_t k = 0;
  const float* a = nullptr;
  std::int64_t a_row = 0;  // elements from op(A)[i][p] to op(A)[i + 1][p]
  std::int64_t a_column = 0;
  const float* b = nullptr;
  std::int64_t ldb = 0;
  bool transpose_b = false;
  float alpha = 1;
  float beta = 0;
  float* c = nullptr;
  std::int64_t ldc = 0;
};

using SmallGemmKernel = void (*)(const SmallGemm& product);

constexpr std::int64_t small_gemm_depth = 512;  // the greatest k where B is transposed

SmallGemmKernel small_gemm_kernel() noexcept;  // the best that the CPU runs

void small_gemm_base(const SmallGemm& product);
void small_gemm_v3(const SmallGemm& product);
void small_gemm_v4(const SmallGemm& product);

}  // namespace teranga::math
