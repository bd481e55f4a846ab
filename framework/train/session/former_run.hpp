// SPDX-License-Identifier: Apache-2.0
// Whether a run may go on from a checkpoint: with this recipe, and on these data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/recipe/recipe.hpp>

#include "session/data_record.hpp"
#include "session/recipe_changes.hpp"

namespace teranga::train {

// Who ended a training before its last epoch; checkpoints hold the number.
enum class EndedBy : std::int64_t { nobody = 0, early_stopping = 1, observer = 2 };

struct FormerRun {
  std::string from;  // the checkpoint, or the folder that holds it: for messages
  checkpoint::Snapshot snapshot;
  std::vector<RecipeChange> changes;  // of the recipe since
  std::string changed = {};           // what of them is to be told once the weights fit; made by check_recipe()
  bool changes_steps = false;         // some of them change what is computed
  bool other_samples = false;         // check_data() found another number of them for the training, so that the place within an epoch means nothing

  // `resolved` is the recipe of now. That of the checkpoint is read as today's plugins read it: an option that they have got since is no change.
  FormerRun(std::string where, checkpoint::Snapshot what, const std::string& resolved, const host::Registry& registry);

  // Where the recipe has another name: `another recipe, "a" (this recipe is "b")`, and the begin of a message that says so; empty where it has not.
  std::string other_recipe() const;
  std::string of_other_recipe() const;

  EndedBy ended_early() const;
  // The first change of a key, or of a key within its value; nullptr: there is none.
  const RecipeChange* change_of(std::string_view key) const;

  // Whether no step of the recipe is left.
  bool complete(const recipe::Recipe& recipe) const;

  // Looks at what the recipe changed since. Throws Error(usage) where no step is left that a change could have an effect on: the result of the former recipe is not passed off as one of the new.
  void check_recipe(const recipe::Recipe& recipe);
  // Tells the changes, and lets the training go on where they are harmless or `forced`. Throws Error(usage) otherwise; `command` is what was typed, for the hint.
  void tell_changes(bool forced, const std::vector<std::string>& command) const;
  // A warning where plugins are other builds now.
  void tell_plugins(const std::vector<checkpoint::PluginIdentity>& now) const;

  // Throws Error(data) with the differences where the data are not those of the former run: files, samples, fields, or how they are prepared. `forced`: the
  // differences are told, and the training goes on. `now` is the record of the source, which learns only where it has to be known what the difference is.
  void check_data(const recipe::Recipe& recipe, const host::Registry& registry, data::Source& source, DataRecord now, bool forced);
};

}  // namespace teranga::train
