// SPDX-License-Identifier: Apache-2.0
#include "multiply_add_kernel.hpp"

teranga::math::MultiplyAddChain teranga::math::multiply_add_base() noexcept { return chain; }
