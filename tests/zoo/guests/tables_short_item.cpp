// SPDX-License-Identifier: Apache-2.0
// Its item says that it ends before the pointer to its calls.
#include "right.hpp"

static void change(trg_library&, trg_item& item) { item.size = 8; }

ZOO_LIBRARY(change)
