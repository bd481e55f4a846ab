// SPDX-License-Identifier: Apache-2.0
// Its options lie nearer to each other than they are long.
#include "right.hpp"

static void change(trg_library&, trg_item& item) { item.option_stride = 8; }

ZOO_LIBRARY(change)
