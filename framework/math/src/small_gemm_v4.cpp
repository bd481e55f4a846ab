// SPDX-License-Identifier: Apache-2.0
#include "small_gemm_kernel.hpp"

void teranga::math::small_gemm_v4(const SmallGemm& product) { multiply(product); }
