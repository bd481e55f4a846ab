// SPDX-License-Identifier: Apache-2.0
// What is wrong with a network, from its shapes alone: no weights are made.
#pragma once

#include <vector>

#include <teranga/host/registry.hpp>
#include <teranga/model/field.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::model {

// Throws Error(usage) with every fault of shapes, losses and metrics at its place in the recipe, as the constructor of Network does. `fields`: of the data.
void check_network(const recipe::Recipe& recipe, std::vector<Field> fields, const host::Registry& registry);

}  // namespace teranga::model
