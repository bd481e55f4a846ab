// SPDX-License-Identifier: Apache-2.0
// Whether the CPU has all of an x86-64 level. A compiler that does not know the levels by name (clang before 18) stays at the base.
#pragma once

namespace teranga::math {

#if defined(__x86_64__) && (!defined(__clang__) || __clang_major__ >= 18)
inline bool cpu_has_level_3() noexcept { return __builtin_cpu_supports("x86-64-v3"); }
inline bool cpu_has_level_4() noexcept { return __builtin_cpu_supports("x86-64-v4"); }
#else
inline bool cpu_has_level_3() noexcept { return false; }
inline bool cpu_has_level_4() noexcept { return false; }
#endif

}  // namespace teranga::math
