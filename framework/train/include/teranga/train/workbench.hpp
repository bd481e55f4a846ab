// SPDX-License-Identifier: Apache-2.0
// Everything that a recipe names, brought together on one rank: plugins, data, network. Training, evaluation, prediction and the checks all
// begin here.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/comm/communicator.hpp>
#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/model/network.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/measured.hpp>
#include <teranga/train/networks.hpp>

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

// The data set of a recipe; its paths are seen from the recipe's folder.
std::unique_ptr<data::Source> open_data(const recipe::Recipe& recipe, const host::Registry& registry);

// The options of its data set, every path absolute.
Options data_options(const recipe::Recipe& recipe, const host::Item& dataset);
// Whether an option's value is a path, or a list of paths.
bool names_files(const Schema& schema, const std::string& option);

// As samples of a bucket have them, or those of the longest.
std::vector<model::Field> fields_of(const data::Source& source, std::size_t bucket);
std::vector<model::Field> fields_of(const data::Source& source);

// Throws Error(usage), at its place in the recipe, for a monitor of early stopping or of a schedule that no epoch measures, or whose direction neither the recipe
// nor the metric tells.
void check_monitors(const recipe::Recipe& recipe, const std::vector<Measured>& measured, const host::Registry& registry);

// Where a layer keeps states of rows, a row of a batch must be what follows the same row of the batch before, on the same rank: throws Error(usage), at its
// place in the recipe, for shuffled training, for buckets and for a part that does not fill its batches.
void check_row_states(const recipe::Recipe& recipe, const model::ParameterStore& store, const data::Source& source);
// The same for one part that is judged by itself.
void check_row_states(const recipe::Recipe& recipe, const model::ParameterStore& store, const data::Source& source, data::Part part);

// Gives a snapshot's parameters and states to the network.
void set_weights(model::Network& network, const checkpoint::Snapshot& snapshot, const std::string& from);

}  // namespace teranga::train
