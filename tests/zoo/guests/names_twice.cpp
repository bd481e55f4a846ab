// SPDX-License-Identifier: Apache-2.0
// Two of its layers have the same name.
#include "right.hpp"

TERANGA_PLUGIN(sdk::layer<zoo::Layer>(), sdk::layer<zoo::Layer>())
