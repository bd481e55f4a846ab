// SPDX-License-Identifier: Apache-2.0
// Checks of a recipe that need its network or its data.
#pragma once

#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/model/parameter_store.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/measured.hpp>

namespace teranga::train {

// Throws Error(usage), at its place in the recipe, for a monitor of early stopping, of a schedule or of an observer that no epoch measures, or whose direction neither the recipe
// nor the metric tells.
void check_monitors(const recipe::Recipe& recipe, const std::vector<Measured>& measured, const host::Registry& registry);

// Makes the observers once, for what their plugins refuse: throws Error as they report it.
void check_observers(const recipe::Recipe& recipe, const host::Registry& registry);

// Where a layer keeps states of rows, a row of a batch must be what follows the same row of the batch before, on the same rank: throws Error(usage), at its
// place in the recipe, for shuffled training, for buckets and for a part that does not fill its batches.
void check_row_states(const recipe::Recipe& recipe, const model::ParameterStore& store, const data::Source& source);
// The same for one part that is evaluated by itself.
void check_row_states(const recipe::Recipe& recipe, const model::ParameterStore& store, const data::Source& source, data::Part part);

}  // namespace teranga::train
