// SPDX-License-Identifier: Apache-2.0
// The name of its layer is not UTF-8.
#include "right.hpp"

static void change(trg_library&, trg_item& item) { item.name = "zoo.\xff\xfe"; }

ZOO_LIBRARY(change)
