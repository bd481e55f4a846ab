// SPDX-License-Identifier: Apache-2.0
// Its forward throws a number through C.
#include "right.hpp"

static void spoil(trg_layer_calls& calls) {
  calls.forward = [](void* plan, const trg_call* call, trg_error* error) -> std::int32_t {
    if (zoo::now()) throw 7;
    return sdk::detail::LayerAdapter<zoo::Layer>::forward(plan, call, error);
  };
}
ZOO_CALLS(LayerAdapter<zoo::Layer>, spoil);

TERANGA_PLUGIN(sdk::Item{TRG_LAYER, zoo::Layer::info(), &spoiled_calls})
