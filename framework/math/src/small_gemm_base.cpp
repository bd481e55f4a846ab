// SPDX-License-Identifier: Apache-2.0
#include "small_gemm_kernel.hpp"

void teranga::math::small_gemm_base(const SmallGemm& product) { multiply(product); }
