// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/data_opening.hpp>

#include <teranga/core/absolute_path.hpp>
#include <teranga/core/held_warnings.hpp>
#include <teranga/host/instance.hpp>

#include <algorithm>
#include <filesystem>
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
      if (std::string_view(error.what()).starts_with(fmt::format("{}: {}: ", host::spoken_name(item), option.name))) found.add(option.position, error.what(), error.hint());
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
  return std::make_unique<data::Source>(item.name.starts_with("teranga.") ? item.short_name : item.name, dataset->calls(), self, data::Split{data.validation_split, data.fold, data.folds, data.limit.value_or(0)});
}

std::vector<model::Field> fields_of(const data::Source& source) { return fields_of(source, source.bucket_count() - 1); }

std::vector<model::Field> fields_of(const data::Source& source, std::size_t bucket) {
  std::vector<model::Field> out;
  for (const data::Field& f : source.fields(bucket)) out.push_back({f.name, static_cast<model::Role>(f.role), f.type, f.shape, f.classes, f.role == data::Role::target ? f.class_names : std::vector<std::string>()});
  for (std::size_t i = 0; i < out.size(); ++i)
    if (const data::Field& f = source.fields(bucket)[i]; f.role == data::Role::target) out[i].columns = f.columns, out[i].offsets = f.offsets, out[i].scales = f.scales;
  return out;
}

}  // namespace teranga::train
