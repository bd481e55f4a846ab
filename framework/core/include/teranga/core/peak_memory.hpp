// SPDX-License-Identifier: Apache-2.0
// The most memory that this process has had at once, as the kernel counts it (VmHWM of /proc/self/status): its own and that of its libraries.
#pragma once

#include <cstddef>

namespace teranga {

// Begins to count anew, from what is in use now. False where the kernel does not let us: then the count goes on.
bool forget_peak_memory() noexcept;
std::size_t peak_memory_bytes();  // 0 where the kernel does not say

}  // namespace teranga
