// SPDX-License-Identifier: Apache-2.0
// A checkpoint and what its recipe names, read before any rank joins the group: whatever is wrong is found by all ranks alike.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/model/network.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/trust.hpp>

namespace teranga::train {

struct Restored {
  std::string path;
  checkpoint::Snapshot snapshot;
  host::Registry registry;
  recipe::Recipe recipe;
};

// `path` as checkpoint_path.hpp has it. Throws Error(data, usage, plugin).
Restored restore(const std::string& path, const std::vector<std::string>& overrides, Trust trust);

// The data of its recipe, prepared by what it learnt of them. Hints of errors are options that are typed behind a command: --set data.NAME=VALUE.
std::unique_ptr<data::Source> open_restored_data(const Restored& restored);

// The fields of the training: as the checkpoint tells them, else as its data do.
std::vector<model::Field> fields_of_training(const Restored& restored);

// The recipe of one of the networks: of that name, or of the only one. Throws Error(usage) naming those that there are, for `command`.
recipe::Recipe recipe_of_network(const Restored& restored, const std::string& network, const std::string& command);
// The network of such a recipe, or of the first layers of one, with its weights.
std::unique_ptr<model::Network> network_of(const Restored& restored, const recipe::Recipe& recipe, std::vector<model::Field> fields, Team& team);

}  // namespace teranga::train
