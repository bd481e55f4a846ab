// SPDX-License-Identifier: Apache-2.0
// It exports a function beside the entry, which would meet those of the same name in other libraries.
#include "right.hpp"

extern "C" TRG_EXPORT double helper(double x) { return 2 * x; }

TERANGA_PLUGIN(sdk::layer<zoo::Layer>())
