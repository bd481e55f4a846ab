// SPDX-License-Identifier: Apache-2.0
#include "session/former_run.hpp"

#include "session/harmless_keys.hpp"
#include "session/number_tensor.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/train/data_opening.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

bool is_of_data(const std::string& key) { return key.starts_with("data."); }

std::vector<std::string> told(const std::vector<RecipeChange>& changes) {
  std::vector<std::string> out;
  for (const RecipeChange& change : changes) out.push_back(to_text(change));
  return out;
}

// A command with its options, as it is typed.
std::string typed(const std::vector<std::string>& command) {
  std::string out;
  for (const std::string& word : command) out.append(out.empty() ? "" : " ").append(shell_text(word));
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

EndedBy FormerRun::ended_early() const {
  const std::span<const double> found = numbers_of(snapshot.run, "stopped_early", 1);
  if (found.empty() || found[0] == 0) return EndedBy::nobody;
  return found[0] == static_cast<double>(EndedBy::observer) ? EndedBy::observer : EndedBy::early_stopping;
}

bool FormerRun::complete(const recipe::Recipe& recipe) const { return snapshot.epoch >= recipe.training.epochs || ended_early() != EndedBy::nobody; }

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
  if (!of_training.empty() && complete(recipe)) {
    const EndedBy ended = ended_early();
    const std::string state = ended != EndedBy::nobody ? fmt::format("ended by {} after {} epochs", ended == EndedBy::observer ? "an observer" : "early_stopping", snapshot.epoch) : snapshot.epoch == recipe.training.epochs ? fmt::format("it has {} of {} epochs", snapshot.epoch, recipe.training.epochs)
                                                                                                                                   : fmt::format("it has {} epochs, and this recipe asks for {}", snapshot.epoch, recipe.training.epochs);
    const std::string other = other_recipe();
    throw Error(ExitCode::usage, fmt::format("{} holds a finished training of {} ({}), so there is nothing left to train. These keys differ:{}", from, other.empty() ? "another version of this recipe" : other, state, lines_below(told(of_training))), other_run);
  }
  std::vector<RecipeChange> of_recipe = changes;
  std::erase_if(of_recipe, [](const RecipeChange& change) { return is_of_data(change.key); });  // check_data() has them
  std::vector<RecipeChange> of_steps = of_recipe;
  std::erase_if(of_steps, [&](const RecipeChange& change) { return is_harmless(change.key, snapshot.step); });
  changes_steps = !of_steps.empty();
  changed = lines_below(told(changes_steps ? of_steps : of_recipe));
}

void FormerRun::tell_changes(bool forced, const std::vector<std::string>& command) const {
  if (changed.empty()) return;
  if (!changes_steps) return log::info(fmt::format("the recipe has changed since {} was written, in keys that change none of the steps made so far:{}", from, changed));
  const std::string differs = fmt::format("{}the recipe is not the one that {} was written with", of_other_recipe(), from);
  if (!forced)
    throw Error(ExitCode::usage, fmt::format("{}, and the run would not be one training any more:{}", differs, changed),
                fmt::format("{} --force-recipe goes on with the changed recipe; --run OTHER trains the changed recipe in another run folder; --fresh trains it in this one and keeps the former run beside it", typed(command)));
  log::warning(fmt::format("{}; from here on the run differs (--force-recipe):{}", differs, changed));
}

void FormerRun::tell_plugins(const std::vector<checkpoint::PluginIdentity>& now) const {
  std::vector<std::string> others;
  for (const checkpoint::PluginIdentity& plugin : now) {
    const auto then = std::ranges::find(snapshot.plugins, plugin.name, &checkpoint::PluginIdentity::name);
    if (then != snapshot.plugins.end() && then->hash != plugin.hash) others.push_back(fmt::format("{} (then {:.8}, now {:.8})", plugin.name, then->hash, plugin.hash));
  }
  if (!others.empty())
    log::warning(fmt::format("{} was written with other builds of plugins: {}. From here on the run may differ: in the last bits, or in more where a plugin computes something else now", from, fmt::join(others, ", ")));
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
