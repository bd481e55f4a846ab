// SPDX-License-Identifier: Apache-2.0
// How much the classes of a target weigh in the loss: what the recipe gives by name or number, or what balances them.
#pragma once

#include <string>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/networks.hpp>

namespace teranga::train {

struct ClassWeights {
  std::vector<double> factors;     // by class number; empty: the recipe asks for none
  std::vector<std::string> notes;  // what a user should hear of them, a sentence each
};

// Balanced weights read the target of every training sample, on each rank alike. Throws Error(usage), at its place in the recipe, for a class that the data do
// not have, and where no loss judges class numbers.
ClassWeights class_weights(const recipe::Recipe& recipe, const data::Source& source, const Networks& networks);

}  // namespace teranga::train
