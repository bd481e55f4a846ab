// SPDX-License-Identifier: Apache-2.0
// A recipe and the plugins that it names, for commands that look at it and train nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/workbench.hpp>

namespace teranga::launcher {

struct OpenedRecipe {
  // Throws Error(usage) with all that is wrong.
  OpenedRecipe(const std::string& path, const std::vector<std::string>& overrides)
      : registry(train::open_plugins(recipe::plugin_files(path, overrides))), recipe(train::load_recipe(path, overrides, registry)) {}

  // The data, having learnt what they learn: only then are shapes and classes known.
  std::unique_ptr<data::Source> data_with_classes() const {
    std::string learnt;
    return data_with_classes(learnt);
  }
  // And what they learnt.
  std::unique_ptr<data::Source> data_with_classes(std::string& learnt) const {
    std::unique_ptr<data::Source> source = train::open_data(recipe, registry);
    learnt = source->fit();
    return source;
  }

  host::Registry registry;
  recipe::Recipe recipe;
};

}  // namespace teranga::launcher
