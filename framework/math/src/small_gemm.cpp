// SPDX-License-Identifier: Apache-2.0
#include "small_gemm.hpp"

namespace teranga::math {

SmallGemmKernel small_gemm_kernel() noexcept {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return small_gemm_v4;
  if (__builtin_cpu_supports("x86-64-v3")) return small_gemm_v3;
#endif
  return small_gemm_base;
}

}  // namespace teranga::math
