// SPDX-License-Identifier: Apache-2.0
// Its calls say that their table has no more than its size in it.
#include "right.hpp"

static void spoil(trg_layer_calls& calls) { calls.size = sizeof(calls.size); }
ZOO_CALLS(LayerAdapter<zoo::Layer>, spoil);

TERANGA_PLUGIN(sdk::Item{TRG_LAYER, zoo::Layer::info(), &spoiled_calls})
