// SPDX-License-Identifier: Apache-2.0
// What ranks send of parameters: all elements, or of the table of a lookup the rows that were touched.
#pragma once

#include <cstddef>
#include <vector>

#include <teranga/comm/gradient_exchange.hpp>
#include <teranga/model/parameter_store.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

struct SentParameters {
  std::vector<std::size_t> whole;  // indices into the store's parameters, by place
  std::vector<Segment> segments;   // of these
  std::vector<std::size_t> tables;
};

SentParameters sent_parameters(model::ParameterStore& store, const std::vector<std::size_t>& trained);

// How a recipe's numbers travel between ranks.
Wire wire_of(const recipe::TrainingRecipe& training);

}  // namespace teranga::train
