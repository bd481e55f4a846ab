// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/recipe_checks.hpp>

#include "session/likely_monitor.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

#include <teranga/host/instance.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {

void check_monitors(const recipe::Recipe& recipe, const std::vector<Measured>& measured, const host::Registry& registry) {
  recipe::Diagnostics found = recipe.diagnostics();
  std::vector<std::string> names;
  for (const Measured& one : measured) names.push_back(one.name);
  const auto has_metric = [&](const std::string& type) { return type == "accuracy" || registry.find(host::Kind::metric, type) != nullptr; };
  const auto check = [&](const std::string& who, const std::string& monitor, const Position& position, const std::string& mode) {
    if (const Measured* const one = find_measured(measured, monitor)) {
      if (one->direction == 0 && mode == "auto")
        found.add(position, fmt::format("{} monitors \"{}\", and neither the recipe nor the number itself says whether more or less of it is better", who, monitor),
                  "mode = \"min\" where less is better, mode = \"max\" where more is");
      return;
    }
    found.add(position, fmt::format("{} monitors \"{}\", which this run does not measure", who, monitor), likely_monitor(monitor, names, has_metric));
  };
  if (const auto& rule = recipe.training.early_stopping) check("\"early_stopping\"", rule->monitor, rule->monitor_position, rule->mode);
  if (const auto& rule = recipe.checkpoint.keep_best) check("\"keep_best\"", rule->monitor, rule->monitor_position, rule->mode);
  // By convention: who watches a number names it so, and may say its direction.
  const auto check_options = [&](const char* kind, const Value::Component& component) {
    const Value *const monitor = find_option(component.options, "monitor"), *const mode = find_option(component.options, "mode");
    if (!monitor || !monitor->is<std::string>()) return;
    check(fmt::format("the {} \"{}\"", kind, recipe::short_type(component.type)), monitor->as<std::string>(), monitor->position, mode && mode->is<std::string>() ? mode->as<std::string>() : "");
  };
  for (const recipe::PhaseRecipe& phase : recipe::phases_of(recipe))
    if (phase.optimizer.schedule) check_options("schedule", *phase.optimizer.schedule);
  for (const recipe::ObserverRecipe& observer : recipe.observers) check_options("observer", observer.component);
  found.throw_if_any();
}

void check_observers(const recipe::Recipe& recipe, const host::Registry& registry) {
  for (const recipe::ObserverRecipe& observer : recipe.observers) const host::Observer made(registry.need(host::Kind::observer, observer.component.type), observer.component.options);
}

namespace {

// What keeps states of rows, for messages.
std::string keeper_of_rows(const model::ParameterStore& store) {
  return fmt::format("the layer \"{}\" is stateful, a row of a batch goes on where that row of the batch before stopped", store.row_states().states().front().layer);
}

// Adds the fault of batches that are put together by length: their rows are no sequels of those before.
void add_buckets(const recipe::Recipe& recipe, const model::ParameterStore& store, const data::Source& source, recipe::Diagnostics& found) {
  if (source.bucket_count() < 2) return;
  const recipe::DataRecipe& data = recipe.require_data();
  const auto option = std::find_if(data.component.options.begin(), data.component.options.end(), [](const Option& one) { return one.name == "buckets"; });
  found.add(option == data.component.options.end() ? data.position : option->position, keeper_of_rows(store) + ": expected samples of one length, found buckets", "leave out buckets");
}

// Adds the fault of a part whose last batch is short: its rows would not be the ranks' that had them before.
void add_short_batch(const recipe::Recipe& recipe, const model::ParameterStore& store, const data::Source& source, data::Part part, recipe::Diagnostics& found) {
  const std::int64_t batch = recipe.training.batch_size, count = source.count(part);
  if (count % batch == 0) return;
  std::int64_t common = 0;
  for (const data::Part each : data::all_parts) common = std::gcd(common, source.count(each));
  std::int64_t fitting = std::min(batch, common);
  while (common % fitting != 0) --fitting;
  std::string full_batches = fmt::format("batch_size = {} fills the batches of all parts", fitting);
  if (part == data::Part::training && count > batch && recipe.require_data().validation_share() == 0)
    full_batches += fmt::format("; limit = {} in [data] leaves out the last {} training samples", count / batch * batch, count % batch);
  found.add(recipe.training.batch_size_position,
            fmt::format("{}: expected a multiple of {} samples in the {} part, so that no batch is short, found {}", keeper_of_rows(store), batch, data::to_string(part), count), full_batches);
}

}  // namespace

void check_row_states(const recipe::Recipe& recipe, const model::ParameterStore& store, const data::Source& source) {
  if (store.row_states().empty()) return;
  recipe::Diagnostics found = recipe.diagnostics();
  if (recipe.training.shuffle) found.add(recipe.training.shuffle_position, keeper_of_rows(store) + ": expected shuffle = false, found true", "shuffle = false in [training]");
  add_buckets(recipe, store, source, found);
  for (const data::Part part : data::all_parts) add_short_batch(recipe, store, source, part, found);
  found.throw_if_any();
}

void check_row_states(const recipe::Recipe& recipe, const model::ParameterStore& store, const data::Source& source, data::Part part) {
  if (store.row_states().empty()) return;
  recipe::Diagnostics found = recipe.diagnostics();
  add_buckets(recipe, store, source, found);
  add_short_batch(recipe, store, source, part, found);
  found.throw_if_any();
}

}  // namespace teranga::train
