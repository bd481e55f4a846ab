// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/restored.hpp>

#include "session/data_record.hpp"
#include "session/option_hints.hpp"

#include <teranga/checkpoint/averages.hpp>
#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/recipe/tables.hpp>
#include <teranga/train/checkpoint_path.hpp>
#include <teranga/train/data_opening.hpp>
#include <teranga/train/networks.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

bool lies_in(const std::string& file, const std::vector<std::string>& folders) {
  std::error_code error;
  const fs::path folder = fs::canonical(file, error).parent_path();
  return !error && std::any_of(folders.begin(), folders.end(), [&](const std::string& one) { return fs::equivalent(folder, one, error); });
}

// A library that an override names is the user's choice; what the checkpoint names is its maker's.
host::Registry plugins_of(const std::string& checkpoint, const std::vector<recipe::NamedPlugin>& plugins, Trust trust) {
  host::Registry registry = open_plugins({});
  const char* const others = std::getenv("TERANGA_PLUGIN_PATH");
  for (const auto& [file, typed] : plugins) {
    if (trust == Trust::own_plugins && !typed && !lies_in(file, registry.folders()))
      throw Error(ExitCode::plugin, fmt::format("{}: its recipe names the plugin library {}, which lies in none of the folders that you chose yourself ({}); opening the library runs its code", checkpoint, file, fmt::join(registry.folders(), ", ")),
                  fmt::format("--trust, where you trust whoever made the checkpoint; or begin the command with TERANGA_PLUGIN_PATH={}", shell_word((others ? fmt::format("{}:", others) : "") + fs::path(file).parent_path().string())));
    registry.add_file(file);
  }
  return registry;
}

}  // namespace

Restored restore(const std::string& path, const std::vector<std::string>& overrides, Trust trust) {
  const std::string file = checkpoint_file(path);
  checkpoint::Snapshot snapshot = checkpoint::read(file);
  checkpoint::take_averages(snapshot);
  const std::string place = recipe_place(snapshot);
  host::Registry registry = plugins_of(file, recipe::named_plugins(snapshot.recipe, place, overrides), trust);
  recipe::Recipe recipe = recipe_of(snapshot, overrides, registry, file);
  return {file, std::move(snapshot), std::move(registry), std::move(recipe)};
}

std::unique_ptr<data::Source> open_restored_data(const Restored& restored) {
  return with_typed_hints(restored.registry.need(host::Kind::dataset, restored.recipe.require_data().component.type).schema, [&] {
    std::unique_ptr<data::Source> source = open_data(restored.recipe, restored.registry);
    source->restore(restored.snapshot.data_state);
    return source;
  });
}

std::vector<model::Field> fields_of_training(const Restored& restored) {
  if (DataRecord record = data_record_from(restored.snapshot.data_record); !record.empty()) return std::move(record.fields);
  return fields_of(*open_restored_data(restored));
}

recipe::Recipe recipe_of_network(const Restored& restored, const std::string& network, const std::string& command) {
  const recipe::Recipe& recipe = restored.recipe;
  const std::vector<std::string> names = recipe::network_names(recipe);
  const bool known = std::find(names.begin(), names.end(), network) != names.end();
  if (!network.empty() && names == std::vector<std::string>{""})
    throw Error(ExitCode::usage, fmt::format("{}: {} holds one network, and it has no name", command, restored.path), "leave out --network");
  if (network.empty() ? names.size() > 1 : !known)
    throw Error(ExitCode::usage, network.empty() ? fmt::format("{}: {} holds {} networks, and none is named", command, restored.path, names.size()) : fmt::format("{}: {} holds no network \"{}\"", command, restored.path, network),
                fmt::format("--network {}", fmt::join(names, ", or --network ")));
  return recipe.phases.empty() ? recipe : recipe::unfold_network(recipe, names.size() == 1 ? names[0] : network);
}

std::unique_ptr<model::Network> network_of(const Restored& restored, const recipe::Recipe& recipe, std::vector<model::Field> fields, Team& team) {
  auto network = std::make_unique<model::Network>(recipe, std::move(fields), restored.registry, team);
  checkpoint::Snapshot own;
  const auto take = [](const std::vector<NamedTensor>& all, const auto& wanted, std::vector<NamedTensor>& into) {
    for (const NamedTensor& tensor : all)
      if (std::any_of(wanted.begin(), wanted.end(), [&](const auto& w) { return w.name == tensor.name; })) into.push_back(tensor);
  };
  take(restored.snapshot.parameters, network->store().parameters(), own.parameters);
  take(restored.snapshot.states, network->store().states(), own.states);
  const bool whole = restored.recipe.phases.empty() && recipe.layers.size() == restored.recipe.layers.size();
  set_weights(*network, whole ? restored.snapshot : own, restored.path);
  return network;
}

}  // namespace teranga::train
