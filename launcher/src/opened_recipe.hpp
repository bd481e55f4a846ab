// SPDX-License-Identifier: Apache-2.0
// A recipe and the plugins that it names, for commands that look at it and train nothing. A run folder or a checkpoint stands for the recipe that it holds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <teranga/core/error.hpp>
#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/checkpoint_path.hpp>
#include <teranga/train/restored.hpp>
#include <teranga/train/data_opening.hpp>
#include <teranga/train/recipe_loading.hpp>

namespace teranga::launcher {

// These commands run no code that a checkpoint brings along.
inline train::Restored opened_checkpoint(const std::string& path, const std::vector<std::string>& overrides) {
  try {
    return train::restore(path, overrides, train::Trust::own_plugins);
  } catch (const Error& error) {
    if (error.code() != ExitCode::plugin || !error.hint().starts_with("--trust")) throw;
    const std::string hint = error.hint().substr(error.hint().find("TERANGA_PLUGIN_PATH"));  // there is no --trust here
    throw Error(error.code(), error.what(), hint);
  }
}

struct OpenedRecipe {
  // Throws Error(usage) with all that is wrong.
  OpenedRecipe(const std::string& path, const std::vector<std::string>& overrides) {
    if (train::holds_checkpoint(path)) {
      train::Restored restored = opened_checkpoint(path, overrides);
      registry = std::move(restored.registry);
      recipe = std::move(restored.recipe);
      kept = std::move(restored.snapshot.data_state);
    } else {
      registry = train::open_plugins(recipe::plugin_files(path, overrides));
      recipe = train::load_recipe(path, overrides, registry);
    }
  }

  // The data, having learnt what they learn: only then are shapes and classes known.
  std::unique_ptr<data::Source> data_with_classes() const {
    std::string learnt;
    return data_with_classes(learnt);
  }
  // And what they learnt.
  std::unique_ptr<data::Source> data_with_classes(std::string& learnt) const {
    std::unique_ptr<data::Source> source = train::open_data(recipe, registry);
    learnt = kept ? *kept : source->fit();
    if (kept) source->restore(*kept);
    return source;
  }

  host::Registry registry;
  recipe::Recipe recipe;
  std::optional<std::string> kept;  // what the data learnt, where a checkpoint keeps it
};

}  // namespace teranga::launcher
