// SPDX-License-Identifier: Apache-2.0
// One layer applied to every step by itself: x (N, T, ...) -> y (N, T, ...), with the same weights for all steps. The host folds the steps into
// the samples, so the layer inside sees N T samples and knows nothing of time. The mask of the steps is passed on.
#pragma once

#include <teranga/sdk/composite.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct TimeDistributed {
  static sdk::Info info() {
    return {.name = "teranga.time_distributed",
            .author = "Teranga",
            .summary = "Applies a layer to every step of a sequence",
            .formula = "y[:, t] = layer(x[:, t])",
            .source = "https://keras.io/api/layers/recurrent_layers/time_distributed/",
            .options = {sdk::OptionSpec("layer", TRG_COMPONENT).made_by("layer").required().says("the layer: { type = \"dense\", units = 8 }")}};
  }

  sdk::Component layer;
  explicit TimeDistributed(const sdk::Options& options) : layer(options.component("layer")) {}

  void expand(sdk::Composite& c) const {
    std::vector<trg_source> inputs;
    for (std::int32_t i = 0; i < c.inputs(); ++i) inputs.push_back(c.own(i));
    const std::int32_t part = c.add({.type = std::string(layer.type()), .name = "layer", .options = sdk::PartOptions(layer), .inputs = inputs, .fold = true});
    c.output("output", {part, 0});
  }
};

}  // namespace teranga::layers
