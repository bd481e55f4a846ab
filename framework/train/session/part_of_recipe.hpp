// SPDX-License-Identifier: Apache-2.0
// Parts of the network that a recipe of one network describes, as recipes without losses and metrics: the layers up to one of them, and those behind one.
#pragma once

#include <string>

#include <teranga/recipe/recipe.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::train {

// The recipe up to a layer ("layer", or "layer.output" for one of several outputs), whose output is that of the network then. Nothing changes for an empty name. `asked`: "predict: --layer", for
// the error where there is no such layer.
recipe::Recipe recipe_to_layer(recipe::Recipe recipe, const std::string& layer, const std::string& asked);

// The layers between `layer` and `output`. The former is an input of that shape, which the caller fills (Origin::given). Throws Error(usage) where the output depends on something
// else, or not on the layer.
recipe::Recipe recipe_behind_layer(const recipe::Recipe& recipe, const std::string& layer, const Shape& shape, const std::string& output, const std::string& asked);

}  // namespace teranga::train
