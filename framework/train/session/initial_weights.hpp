// SPDX-License-Identifier: Apache-2.0
// Weights that a training begins with, of a checkpoint or of a file that Keras wrote.
#pragma once

#include <string>
#include <vector>

#include <teranga/checkpoint/weights.hpp>
#include <teranga/model/network.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

// What came of a file that was taken in part. Names and reasons, for people.
struct TakenWeights {
  std::vector<std::string> taken, left_initial, unused;
  std::vector<std::string> missing;  // those of left_initial whose layers were chosen
};

// `path` names a file, or a folder of checkpoints: then its newest intact one. The layers that `choice` takes get their weights from it, by name and shape. Throws
// Error(data) for numbers that are not finite, and Error(usage) where the file does not fit these layers, or where nothing of it does.
TakenWeights set_initial_weights(model::Network& network, const std::string& path, const recipe::InitialWeights& choice);

// All weights of the network, of a file of Keras that was read. Throws as set_initial_weights() does.
void set_weights_of_keras(model::Network& network, const checkpoint::Weights& weights, const std::string& from);

// What was taken in part, as lines of the log.
void tell(const TakenWeights& taken, const std::string& from);

}  // namespace teranga::train
