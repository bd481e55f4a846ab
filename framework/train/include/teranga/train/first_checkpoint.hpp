// SPDX-License-Identifier: Apache-2.0
// A checkpoint of step 0 that no training has made: the network of a recipe with weights of a file of Keras.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/checkpoint/weights.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/model/field.hpp>
#include <teranga/model/network.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

// The layers of the network of a recipe without phases, its losses left aside. Throws Error(usage).
model::Summary layers_of(recipe::Recipe recipe, const std::vector<model::Field>& fields, const host::Registry& registry);

// Of those the one of that name, or the last part of the composite one of that name, or null.
const model::LayerSummary* output_of(const model::Summary& summary, const std::string& layer);

struct FirstCheckpoint {
  std::string path;                 // of the new file; a former one is replaced
  std::vector<model::Field> fields; // of the data that it is meant for
  std::string from;                 // whose weights they are, for messages
};

// Gives the number of parameters. Throws Error(usage) where the recipe is wrong, Error(data, usage) where weights are missing, left over, of other shapes or not finite.
std::int64_t write_first_checkpoint(const FirstCheckpoint& file, const recipe::Recipe& recipe, const checkpoint::Weights& weights, const host::Registry& registry);

}  // namespace teranga::train
