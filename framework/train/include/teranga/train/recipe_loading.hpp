// SPDX-License-Identifier: Apache-2.0
// The plugins and the recipe of a command: of a file, or of a checkpoint.
#pragma once

#include <string>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

// The plugins of the search path and those that a recipe lists.
host::Registry open_plugins(const std::vector<std::string>& files = {});

// The recipe at `path` with overrides applied. Throws Error(usage) with all that is wrong; where something is, the data are opened and the network is planned, so
// far as they are in order, to tell what is wrong there, too.
recipe::Recipe load_recipe(const std::string& path, const std::vector<std::string>& overrides, const host::Registry& registry);
// The path that the recipe of a checkpoint had, so far as it is known: relative paths in it are seen from its folder.
std::string recipe_place(const checkpoint::Snapshot& snapshot);
// The recipe that a checkpoint holds. Relative data paths are seen from the folder of the recipe that was trained.
recipe::Recipe recipe_of(const checkpoint::Snapshot& snapshot, const std::vector<std::string>& overrides, const host::Registry& registry, const std::string& file);

}  // namespace teranga::train
