// SPDX-License-Identifier: Apache-2.0
// It offers nothing.
#include "right.hpp"

static void change(trg_library& library, trg_item&) { library.item_count = 0; }

ZOO_LIBRARY(change)
