// SPDX-License-Identifier: Apache-2.0
// Which kind of processor this process runs on, as processes of one job compare it.
#pragma once

#include <string>

namespace teranga {

// "GenuineIntel family 6 model 85 (avx2 fma avx512f)": processors with the same text give the same bits. "unknown" where the kernel does not tell.
std::string cpu_kind();

}  // namespace teranga
