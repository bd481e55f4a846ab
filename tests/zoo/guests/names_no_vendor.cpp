// SPDX-License-Identifier: Apache-2.0
// Its layer has no vendor in its name.
#include "right.hpp"

static void change(trg_library&, trg_item& item) { item.name = "layer"; }

ZOO_LIBRARY(change)
