// SPDX-License-Identifier: Apache-2.0
#include "small_gemm.hpp"

#include "cpu_levels.hpp"

namespace teranga::math {

SmallGemmKernel small_gemm_kernel() noexcept {
#if defined(__x86_64__)
  if (cpu_has_level_4()) return small_gemm_v4;
  if (cpu_has_level_3()) return small_gemm_v3;
#endif
  return small_gemm_base;
}

}  // namespace teranga::math
