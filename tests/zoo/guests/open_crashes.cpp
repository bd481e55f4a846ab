// SPDX-License-Identifier: Apache-2.0
// It crashes before the entry is called: while it is loaded.
#include "right.hpp"

static int* volatile nowhere = nullptr;
__attribute__((constructor)) static void before() { *nowhere = 1; }

TERANGA_PLUGIN(sdk::layer<zoo::Layer>())
