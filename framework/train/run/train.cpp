// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/train.hpp>

#include "session/group.hpp"
#include "run/trainer.hpp"

#include <teranga/core/printable.hpp>
#include <teranga/train/advice.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <cstdio>

namespace teranga::train {

ExitCode train(const TrainOptions& options) {
  // The recipe is checked before any rank starts to work: MPI is not even up.
  const host::Registry registry = open_plugins(recipe::plugin_files(options.recipe, options.overrides));
  const recipe::Recipe recipe = load_recipe(options.recipe, options.overrides, registry);
  recipe.require_data();
  return in_group([&](Communicator& comm) {
    if (comm.is_root())
      for (const Advice& advice : advice_on(recipe, registry)) std::fputs(printable(advice_text(advice)).c_str(), stderr);
    return Trainer(options, recipe, registry, comm).run();
  });
}

}  // namespace teranga::train
