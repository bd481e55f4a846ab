// SPDX-License-Identifier: Apache-2.0
#include "session/more_faults.hpp"

#include <teranga/core/error.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/train/networks.hpp>
#include <teranga/train/data_opening.hpp>

#include <memory>

namespace teranga::train {

void add_more_faults(const recipe::Recipe& recipe, const recipe::Sound& sound, const host::Registry& registry, recipe::Diagnostics& found) {
  const Position place = recipe.require_data().position;
  try {
    const std::unique_ptr<data::Source> source = open_data(recipe, registry);
    if (!sound.network) return;
    source->fit();
    recipe::Recipe planned = recipe;
    if (!sound.metrics) planned.training = {};
    planned.training.class_weight.clear();
    Team team(1);
    const Networks networks(planned, *source, registry, team);
  } catch (const recipe::Faults& faults) {
    found.add(faults.found());
  } catch (const Error& error) {
    if (error.code() == ExitCode::usage || error.code() == ExitCode::data) found.add(place, error.what(), error.hint());
  }
}

}  // namespace teranga::train
