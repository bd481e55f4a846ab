// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/train.hpp>

#include "session/group.hpp"
#include "run/trainer.hpp"

#include <teranga/core/printable.hpp>
#include <teranga/train/advice.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <algorithm>
#include <cstdio>
#include <limits>

namespace teranga::train {

namespace {

// Trials that show mistakes soon.
void apply_trials(const TrainOptions& options, recipe::Recipe& recipe) {
  if (options.fast_dev_run > 0) {
    recipe.training.epochs = 1;
    recipe.training.steps_per_epoch = std::min(options.fast_dev_run, recipe.training.steps_per_epoch.value_or(options.fast_dev_run));
  }
  if (options.overfit_batches > 0) {
    recipe.name += "-overfit";
    recipe.data->limit = std::min(options.overfit_batches * recipe.training.batch_size, recipe.data->limit.value_or(std::numeric_limits<std::int64_t>::max()));
    recipe.training.shuffle = false;
  }
}

}  // namespace

ExitCode train(const TrainOptions& options) {
  // The recipe is checked before any rank starts to work: MPI is not even up.
  const host::Registry registry = open_plugins(recipe::plugin_files(options.recipe, options.overrides));
  recipe::Recipe recipe = load_recipe(options.recipe, options.overrides, registry);
  recipe.require_data();
  apply_trials(options, recipe);
  return in_group([&](Communicator& comm) {
    if (comm.is_root())
      for (const Advice& advice : advice_on(recipe, registry)) std::fputs(printable(advice_text(advice)).c_str(), stderr);
    return Trainer(options, recipe, registry, comm).run();
  });
}

}  // namespace teranga::train
