// SPDX-License-Identifier: Apache-2.0
// What is allowed in a recipe and yet seldom meant: a loss, a metric and an output that do not go together.
#pragma once

#include <string>
#include <vector>

#include <teranga/host/registry.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

struct Advice {
  Position position;
  std::string message;
  std::string hint;  // something that can be typed; empty where there is no such thing
};

// In the order of phases, losses and metrics.
std::vector<Advice> advice_on(const recipe::Recipe& recipe, const host::Registry& registry);

// "recipe.toml:18: warning: ...\nhint: ...\n".
std::string advice_text(const Advice& advice);

}  // namespace teranga::train
