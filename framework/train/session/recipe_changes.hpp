// SPDX-License-Identifier: Apache-2.0
// What was edited between two editions of a recipe, key by key.
#pragma once

#include <string>
#include <vector>

namespace teranga::train {

struct RecipeChange {
  std::string key;  // as --set takes it: "training.epochs", "layer.dense_1.units", "optimizer.learning_rate.decay_rate"
  std::string then, now;  // TOML; empty: the key is not there
};

// Between two resolved recipes, in the order of the first one; of each table, keys that only the second one has come last. Throws Error(usage) where one is no TOML.
std::vector<RecipeChange> recipe_changes(const std::string& then, const std::string& now);

// "training.epochs: then 5, now 10"
std::string to_text(const RecipeChange& change);

// Below a message: a line for each, at most so many, and how many more there are.
std::string lines_below(const std::vector<std::string>& lines, std::size_t most = 8);

}  // namespace teranga::train
