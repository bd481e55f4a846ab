// SPDX-License-Identifier: Apache-2.0
// It is linked so that the stacks of the whole process become executable.
#include "right.hpp"

TERANGA_PLUGIN(sdk::layer<zoo::Layer>())
