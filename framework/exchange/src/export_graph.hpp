// SPDX-License-Identifier: Apache-2.0
// A recipe of one network as layers that are called: a layer that uses the weights of another one is another call of that one.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <teranga/model/field.hpp>
#include <teranga/recipe/recipe.hpp>

#include "keras_order.hpp"

namespace teranga::exchange {

struct ExportedTensor {
  std::size_t call = 0;
  std::string port;  // empty: the first
};

struct ExportedCall {
  const recipe::LayerRecipe* recipe = nullptr;  // null: the input that a network has which begins with another layer
  std::size_t layer = 0;                        // index of the call that is the layer's first
  std::size_t number = 0;                       // of this call among those of its layer
  std::vector<ExportedTensor> inputs;
};

struct ExportGraph {
  std::vector<ExportedCall> calls;
  std::vector<ExportedTensor> outputs;
  std::vector<std::size_t> order;  // layers (index of the first call) as Keras keeps them
};

ExportGraph export_graph(const recipe::Recipe& recipe);

bool is_input(const ExportedCall& call);
std::string name_of(const ExportedCall& call);
// The feature of the data that enters at an input: by its name, or in order. Null: none does.
const model::Field* feature_of(const ExportGraph& graph, const ExportedCall& call, const std::vector<model::Field>& fields);

inline constexpr const char* own_input = "input";  // the name of that input

}  // namespace teranga::exchange
