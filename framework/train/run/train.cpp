// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/train.hpp>

#include "session/group.hpp"
#include "run/trainer.hpp"

#include <teranga/core/printable.hpp>
#include <teranga/core/terminal.hpp>
#include <teranga/train/advice.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <algorithm>
#include <cmath>

namespace teranga::train {

namespace {

// Trials that show mistakes soon.
void apply_trials(const TrainOptions& options, recipe::Recipe& recipe) {
  if (options.fast_dev_run > 0) {
    recipe.training.epochs = recipe.training.validation_freq = 1;
    recipe.training.steps_per_epoch = std::min(options.fast_dev_run, recipe.training.steps_per_epoch.value_or(options.fast_dev_run));
    if (!recipe.log.prometheus.empty()) recipe.log.prometheus = "metrics.prom";  // in the run folder, which goes too
  }
  if (options.overfit_batches > 0) {
    recipe.name += "-overfit";
    const auto wanted = static_cast<double>(options.overfit_batches * recipe.training.batch_size);
    const auto limit = static_cast<std::int64_t>(std::ceil(wanted / (1 - recipe.data->validation_share())));  // the validation part is split off behind it
    recipe.data->limit = std::min(limit, recipe.data->limit.value_or(limit));
    recipe.training.steps_per_epoch.reset();
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
  return in_group("train", [&](Communicator& comm) {
    if (comm.is_root())
      for (const Advice& advice : advice_on(recipe, registry)) terminal::write(terminal::Stream::error, printable(advice_text(advice)));
    return Trainer(options, recipe, registry, comm).run();
  });
}

}  // namespace teranga::train
