// SPDX-License-Identifier: Apache-2.0
// The keys of a recipe that a run wrote with every default, which has one key on each line: enough to compare two of them.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace teranga::report {

// Whole keys ("training.epochs", "layer.dense.units") and the text of their values.
std::vector<std::pair<std::string, std::string>> keys_of_recipe(const std::string& recipe);

// The text of a value, without quotes; empty where the key is absent.
std::string text_of_key(const std::string& recipe, const std::string& key);

struct KeyDifference {
  std::string key;
  std::vector<std::string> values;  // one for each recipe; empty where it has no such key
};

// The keys whose values are not the same in all of them, in the order of the recipes.
std::vector<KeyDifference> differences(const std::vector<std::string>& recipes);

}  // namespace teranga::report
