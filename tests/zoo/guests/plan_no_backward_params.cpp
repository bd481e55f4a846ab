// SPDX-License-Identifier: Apache-2.0
// It has a trainable parameter, and no call for the gradient of it.
#include "right.hpp"

static void spoil(trg_layer_calls& calls) { calls.backward_params = nullptr; }
ZOO_CALLS(LayerAdapter<zoo::Layer>, spoil);

TERANGA_PLUGIN(sdk::Item{TRG_LAYER, zoo::Layer::info(), &spoiled_calls})
