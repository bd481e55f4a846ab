// SPDX-License-Identifier: Apache-2.0
// Its item is of a kind that the border does not have.
#include "right.hpp"

static void change(trg_library&, trg_item& item) { item.kind = 99; }

ZOO_LIBRARY(change)
