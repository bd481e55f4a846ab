// SPDX-License-Identifier: Apache-2.0
// Its item has no calls.
#include "right.hpp"

static void change(trg_library&, trg_item& item) { item.calls = nullptr; }

ZOO_LIBRARY(change)
