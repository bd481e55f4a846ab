// SPDX-License-Identifier: Apache-2.0
// What is wrong with the data and the network of a recipe whose other tables are wrong already.
#pragma once

#include <teranga/host/registry.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

// Opens the data, and plans the shapes of the network where that is sound; makes no weights. Does nothing where the files of the data take long to read, and on
// other ranks than the first. Needs sound data.
void add_more_faults(const recipe::Recipe& recipe, const recipe::Sound& sound, const host::Registry& registry, recipe::Diagnostics& found);

}  // namespace teranga::train
