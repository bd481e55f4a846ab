// SPDX-License-Identifier: Apache-2.0
// Matrix product, row-major: C = alpha op(A) op(B) + beta C, with op(A) (m, k), op(B) (k, n), C (m, n). Each call runs on the calling
// thread alone, and its bits depend on its arguments and the CPU only.
#pragma once

#include <cstdint>

namespace teranga::math {

template <class T>
struct Gemm {
  bool transpose_a = false;  // A is stored (k, m)
  bool transpose_b = false;  // B is stored (n, k)
  std::int64_t m = 0;
  std::int64_t n = 0;
  std::int64_t k = 0;
  double alpha = 1;
  const T* a = nullptr;
  std::int64_t lda = 0;  // elements from one stored row to the next
  const T* b = nullptr;
  std::int64_t ldb = 0;
  double beta = 0;  // 0 overwrites C, whatever it held
  T* c = nullptr;
  std::int64_t ldc = 0;
};
using Gemm32 = Gemm<float>;
using Gemm64 = Gemm<double>;

// Throws Error(failure) on a negative extent or a row length that is too short. C overlaps neither A nor B.
void gemm(const Gemm32& product);
void gemm(const Gemm64& product);  // for the gradient checker: correct, not fast

// Makes every computing thread a single OpenMP thread. To be called once, before kernel libraries are used.
void keep_openmp_single();

}  // namespace teranga::math
