// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/workbench.hpp>

#include "likely_monitor.hpp"
#include "more_faults.hpp"

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/absolute_path.hpp>
#include <teranga/core/held_warnings.hpp>
#include <teranga/host/instance.hpp>
#include <teranga/model/catalogue.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

Value with_absolute_path(const Value& value, const fs::path& folder) {
  Value out = value;
  if (value.is<std::string>() && !value.as<std::string>().empty()) {
    const fs::path path(value.as<std::string>());
    out.data = absolute_path(folder / path).string();  // an absolute one replaces the folder
  } else if (value.is<Value::List>()) {
    Value::List list;
    for (const Value& item : value.as<Value::List>()) list.push_back(with_absolute_path(item, folder));
    out.data = std::move(list);
  }
  return out;
}

}  // namespace

host::Registry open_plugins(const std::vector<std::string>& files) {
  host::Registry registry = host::Registry::standard();
  for (const std::string& file : files) registry.add_file(file);
  return registry;
}

recipe::Recipe load_recipe(const std::string& path, const std::vector<std::string>& overrides, const host::Registry& registry) {
  const model::PluginCatalogue catalogue(registry);
  return recipe::load(path, overrides, catalogue, [&](const recipe::Recipe& recipe, const recipe::Sound& sound, recipe::Diagnostics& found) { add_more_faults(recipe, sound, registry, found); });
}

std::string recipe_place(const checkpoint::Snapshot& snapshot) {
  for (const auto& [name, value] : snapshot.provenance)
    if (name == "recipe_folder" && !value.empty()) return (fs::path(value) / "recipe.toml").string();
  return "recipe.toml";
}

recipe::Recipe recipe_of(const checkpoint::Snapshot& snapshot, const std::vector<std::string>& overrides, const host::Registry& registry, const std::string& file) {
  const model::PluginCatalogue catalogue(registry);
  recipe::Recipe recipe = recipe::parse(snapshot.recipe, fmt::format("the recipe in {}", file), overrides, catalogue);
  recipe.folder = fs::path(recipe_place(snapshot)).parent_path().string();
  return recipe;
}

bool names_files(const Schema& schema, const std::string& option) {
  const OptionSpec* spec = find_option(schema, option);
  return spec && (spec->kind == OptionKind::path || (spec->kind == OptionKind::list && spec->item_kind == OptionKind::path));
}

// Relative paths of the options are the recipe's: seen from its folder, wherever the job runs.
Options data_options(const recipe::Recipe& recipe, const host::Item& dataset) {
  Options out = recipe.require_data().component.options;
  for (Option& option : out)
    if (names_files(dataset.schema, option.name)) option.value = with_absolute_path(option.value, recipe.folder);
  return out;
}

namespace {

// What a data set refuses of its options is told at the option's place: it names the option first.
std::shared_ptr<host::Dataset> opened(const recipe::Recipe& recipe, const host::Item& item) {
  const Options& options = recipe.data->component.options;
  log::HeldWarnings warnings;
  try {
    auto dataset = std::make_shared<host::Dataset>(item, data_options(recipe, item));
    warnings.release();
    return dataset;
  } catch (const Error& error) {
    if (error.code() != ExitCode::usage) throw;
    recipe::Diagnostics found = recipe.diagnostics();
    for (const Option& option : options)
      if (std::string_view(error.what()).starts_with(fmt::format("dataset {}: {}: ", item.name, option.name))) found.add(option.position, error.what(), error.hint());
    found.throw_if_any();
    throw;
  }
}

}  // namespace

std::unique_ptr<data::Source> open_data(const recipe::Recipe& recipe, const host::Registry& registry) {
  const recipe::DataRecipe& data = recipe.require_data();
  const host::Item& item = registry.need(host::Kind::dataset, data.component.type);
  const auto dataset = opened(recipe, item);
  const std::shared_ptr<void> self(dataset, dataset->self());
  return std::make_unique<data::Source>(item.short_name, dataset->calls(), self, data::Split{data.validation_split, data.limit.value_or(0)});
}

std::vector<model::Field> fields_of(const data::Source& source) { return fields_of(source, source.bucket_count() - 1); }

std::vector<model::Field> fields_of(const data::Source& source, std::size_t bucket) {
  std::vector<model::Field> out;
  for (const data::Field& f : source.fields(bucket)) out.push_back({f.name, static_cast<model::Role>(f.role), f.type, f.shape, f.classes, f.role == data::Role::target ? f.class_names : std::vector<std::string>()});
  for (std::size_t i = 0; i < out.size(); ++i)
    if (const data::Field& f = source.fields(bucket)[i]; f.role == data::Role::target) out[i].columns = f.columns, out[i].offsets = f.offsets, out[i].scales = f.scales;
  return out;
}

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
  for (const recipe::PhaseRecipe& phase : recipe::phases_of(recipe))
    if (const auto& schedule = phase.optimizer.schedule)  // by convention: a schedule that watches a number names it so, and may say its direction
      if (const Value* monitor = find_option(schedule->options, "monitor"); monitor && monitor->is<std::string>()) {
        const Value* mode = find_option(schedule->options, "mode");
        check(fmt::format("the schedule \"{}\"", recipe::short_type(schedule->type)), monitor->as<std::string>(), monitor->position, mode && mode->is<std::string>() ? mode->as<std::string>() : "");
      }
  found.throw_if_any();
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
  if (part == data::Part::training && count > batch && recipe.require_data().validation_split == 0)
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

void set_weights(model::Network& network, const checkpoint::Snapshot& snapshot, const std::string& from) {
  network.store().set_parameters(snapshot.parameters, from);
  network.store().set_states(snapshot.states, from);
}

}  // namespace teranga::train
