// SPDX-License-Identifier: Apache-2.0
// The call that every layer must have is null.
#include "right.hpp"

static void spoil(trg_layer_calls& calls) { calls.forward = nullptr; }
ZOO_CALLS(LayerAdapter<zoo::Layer>, spoil);

TERANGA_PLUGIN(sdk::Item{TRG_LAYER, zoo::Layer::info(), &spoiled_calls})
