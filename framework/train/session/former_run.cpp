// SPDX-License-Identifier: Apache-2.0
#include "session/former_run.hpp"

#include "session/number_tensor.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/train/data_opening.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace teranga::train {
namespace {

// Keys that say where a run is kept and what it tells, and change no weight.
bool is_housekeeping(const std::string& key) { return key.starts_with("checkpoint.") || key.starts_with("log.") || key == "training.log_every_steps" || key == "training.compare_ranks_every" || key == "training.on_divergence" || key.starts_with("training.divergence_") || key == "name" || key.starts_with("initial_weights."); }
bool is_of_data(const std::string& key) { return key.starts_with("data."); }

std::vector<std::string> told(const std::vector<RecipeChange>& changes) {
  std::vector<std::string> out;
  for (const RecipeChange& change : changes) out.push_back(to_text(change));
  return out;
}

void append(std::vector<std::string>& lines, const std::vector<std::string>& more) { lines.insert(lines.end(), more.begin(), more.end()); }

constexpr const char* other_run = "--run OTHER trains the changed recipe in another run folder; --fresh trains it in this one and keeps the former run beside it";

constexpr const char* anew = "--run OTHER or --fresh trains anew";

// Whether a network of then takes the samples of now.
bool same_features(const DataRecord& then, const DataRecord& now) {
  const auto features = [](const DataRecord& record) {
    std::vector<std::string> out;
    for (const model::Field& field : record.fields)
      if (field.role == model::Role::feature) out.push_back(fmt::format("{} {} {}", field.name, static_cast<int>(field.type), to_string(field.shape)));
    return out;
  };
  return features(then) == features(now);
}

// Whether what was learnt then has a class for each target of now. A vocabulary has one for what it does not know.
bool knows_classes(const DataRecord& then, const DataRecord& now) {
  for (std::size_t f = 0; f < std::min(then.fields.size(), now.fields.size()); ++f) {
    const std::vector<std::string>& known = then.fields[f].class_names;
    const auto is_known = [&](const std::string& name) { return std::ranges::find(known, name) != known.end(); };
    const bool vocabulary = is_known("[UNK]");
    if (now.fields[f].role == model::Role::target && !vocabulary && !std::ranges::all_of(now.fields[f].class_names, is_known)) return false;
  }
  return true;
}

// The kept recipe with what today's plugins add to it; as it was kept where they no longer take it.
std::string recipe_of_today(const checkpoint::Snapshot& snapshot, const host::Registry& registry) {
  try {
    return recipe::resolve(recipe_of(snapshot, {}, registry, "the checkpoint"));
  } catch (const Error&) {
    return snapshot.recipe;
  }
}

}  // namespace

FormerRun::FormerRun(std::string where, checkpoint::Snapshot what, const std::string& resolved, const host::Registry& registry)
    : from(std::move(where)), snapshot(std::move(what)), changes(recipe_changes(recipe_of_today(snapshot, registry), resolved)) {}

bool FormerRun::stopped_early() const {
  const std::span<const double> found = numbers_of(snapshot.run, "stopped_early", 1);
  return !found.empty() && found[0] != 0;
}

bool FormerRun::complete(const recipe::Recipe& recipe) const { return snapshot.epoch >= recipe.training.epochs || stopped_early(); }

const RecipeChange* FormerRun::change_of(std::string_view key) const {
  const auto found = std::find_if(changes.begin(), changes.end(), [&](const RecipeChange& change) { return change.key == key || change.key.starts_with(std::string(key) + "."); });
  return found == changes.end() ? nullptr : &*found;
}

std::string FormerRun::other_recipe() const {
  const RecipeChange* const name = change_of("name");
  return name && !name->then.empty() && !name->now.empty() ? fmt::format("another recipe, {} (this recipe is {})", name->then, name->now) : "";
}

std::string FormerRun::of_other_recipe() const {
  const std::string other = other_recipe();
  return other.empty() ? other : fmt::format("{} holds a run of {}: ", from, other);
}

void FormerRun::check_recipe(const recipe::Recipe& recipe) {
  std::vector<RecipeChange> of_training = changes;
  std::erase_if(of_training, [](const RecipeChange& change) { return is_housekeeping(change.key) || is_of_data(change.key); });
  if (of_training.empty()) return;
  if (complete(recipe)) {
    const std::string state = stopped_early() ? fmt::format("ended by early_stopping after {} epochs", snapshot.epoch) : snapshot.epoch == recipe.training.epochs ? fmt::format("it has {} of {} epochs", snapshot.epoch, recipe.training.epochs)
                                                                                                                                   : fmt::format("it has {} epochs, and this recipe asks for {}", snapshot.epoch, recipe.training.epochs);
    const std::string other = other_recipe();
    throw Error(ExitCode::usage, fmt::format("{} holds a finished training of {} ({}), so there is nothing left to train. These keys differ:{}", from, other.empty() ? "another version of this recipe" : other, state, lines_below(told(of_training))), other_run);
  }
  const bool longer = of_training.size() == 1 && of_training[0].key == "training.epochs";
  if (!longer) changed = fmt::format("{}the recipe is not the one that {} was written with; from here on the run differs:{}", of_other_recipe(), from, lines_below(told(of_training)));
}

void FormerRun::check_data(const recipe::Recipe& recipe, const host::Registry& registry, data::Source& source, DataRecord now, bool forced) {
  const DataRecord then = data_record_from(snapshot.data_record);
  const Schema& schema = registry.need(host::Kind::dataset, recipe.require_data().component.type).schema;
  std::vector<std::string> lines;
  for (const RecipeChange& change : changes)
    if (is_of_data(change.key) && !names_files(schema, change.key.substr(5))) lines.push_back(to_text(change));
  if (change_of("data.type")) throw Error(ExitCode::data, fmt::format("{}the data are not those that {} was trained on:{}", of_other_recipe(), from, lines_below(lines)), anew);  // what was learnt from the others tells it nothing
  now.fields = then.fields;  // they are known when something was learnt
  if (lines.empty() && !then.empty() && differences(then, now).empty()) return;

  const std::string learnt = source.fit();
  now.describe(source);
  if (!then.empty()) append(lines, differences(then, now));
  constexpr auto training = static_cast<std::size_t>(data::Part::training);
  other_samples = !then.empty() && then.samples[training] != now.samples[training];
  if (learnt != snapshot.data_state) {
    append(lines, differences_of_knowledge(source, snapshot.data_state, learnt));
    if (lines.empty()) lines.emplace_back("the data set learns something else from them");
  }
  if (lines.empty()) return;
  const std::string differ = fmt::format("{}the data are not those that {} was trained on", of_other_recipe(), from), below = lines_below(lines);
  const bool takes = then.empty() || (same_features(then, now) && knows_classes(then, now));
  if (!forced || !takes) throw Error(ExitCode::data, fmt::format("{}:{}", differ, below), takes ? "--force-data continues with them, prepared with the values that the checkpoint holds; --run OTHER or --fresh trains anew" : anew);
  log::warning(fmt::format("{}; the run continues with them (--force-data), prepared with the values that the checkpoint holds:{}", differ, below));
}

}  // namespace teranga::train
