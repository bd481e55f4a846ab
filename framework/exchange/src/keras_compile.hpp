// SPDX-License-Identifier: Apache-2.0
// The settings of model.compile() as losses, metrics and optimizer of a recipe. What has no counterpart is told and replaced by what is usual: it changes no output of the network.
#pragma once

#include <string>
#include <vector>

#include "keras_options.hpp"

namespace teranga::exchange {

struct KerasOutput {
  std::string keras_name;
  std::string layer;       // in the recipe: "head", or "state.state_h"
  std::string activation;  // of that layer ("softmax"), or empty
};

struct KerasLoss {
  KerasPart part;
  std::size_t output = 0;  // index into the outputs
  double weight = 1;
  bool assumed = false;    // Keras tells none, or one without a counterpart
};

struct KerasMetric {
  KerasPart part;
  std::size_t output = 0;
};

struct KerasTraining {
  std::vector<KerasLoss> losses;
  std::vector<KerasMetric> metrics;
  KerasPart optimizer;             // with the options that every optimizer has
  std::vector<std::string> notes;  // sentences: what was replaced or left out
};

KerasTraining training_of(const Json& compiled, const std::vector<KerasOutput>& outputs, const KerasOptions& options);

}  // namespace teranga::exchange
