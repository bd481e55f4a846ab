// SPDX-License-Identifier: Apache-2.0
// It passes no gradient on, and does not say so.
#include "right.hpp"

static void spoil(trg_layer_calls& calls) { calls.backward = nullptr; }
ZOO_CALLS(LayerAdapter<zoo::Layer>, spoil);

TERANGA_PLUGIN(sdk::Item{TRG_LAYER, zoo::Layer::info(), &spoiled_calls})
