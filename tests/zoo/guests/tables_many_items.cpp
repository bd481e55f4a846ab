// SPDX-License-Identifier: Apache-2.0
// It claims to have a thousand million items, and has one.
#include "right.hpp"

static void change(trg_library& library, trg_item&) { library.item_count = 1000000000; }

ZOO_LIBRARY(change)
