// SPDX-License-Identifier: Apache-2.0
// It has a segment that is writable and executable at once.
#include "right.hpp"

__asm__(".pushsection .words,\"awx\",@progbits\n.zero 64\n.popsection");

TERANGA_PLUGIN(sdk::layer<zoo::Layer>())
