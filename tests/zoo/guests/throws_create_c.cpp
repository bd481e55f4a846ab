// SPDX-License-Identifier: Apache-2.0
// Its create throws a number through C.
#include "right.hpp"

static void spoil(trg_layer_calls& calls) {
  calls.create = [](const trg_options*, void**, trg_error*) -> std::int32_t { throw 7; };
}
ZOO_CALLS(LayerAdapter<zoo::Layer>, spoil);

TERANGA_PLUGIN(sdk::Item{TRG_LAYER, zoo::Layer::info(), &spoiled_calls})
