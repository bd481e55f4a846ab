// SPDX-License-Identifier: Apache-2.0
// The text of its error has no end.
#include "right.hpp"

static void spoil(trg_layer_calls& calls) {
  calls.create = [](const trg_options* options, void** layer, trg_error* error) -> std::int32_t {
    if (options->items[0].value.real != 2.0) return sdk::detail::LayerAdapter<zoo::Layer>::create(options, layer, error);
    std::memset(error->text, 'x', sizeof(error->text));
    return error->code = TRG_BAD_OPTION;
  };
}
ZOO_CALLS(LayerAdapter<zoo::Layer>, spoil);

TERANGA_PLUGIN(sdk::Item{TRG_LAYER, zoo::Layer::info(), &spoiled_calls})
