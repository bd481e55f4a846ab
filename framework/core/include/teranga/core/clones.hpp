// SPDX-License-Identifier: Apache-2.0
// TERANGA_CLONES in front of a function compiles it once for each x86-64 level and lets the dynamic linker choose by the CPU. What such
// a function calls is only vectorised with it when inlined. Sanitized builds keep to one copy: their runtimes start after the choice.
#pragma once

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define TERANGA_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define TERANGA_CLONES
#endif
