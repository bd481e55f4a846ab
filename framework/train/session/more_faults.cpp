// SPDX-License-Identifier: Apache-2.0
#include "session/more_faults.hpp"

#include <teranga/comm/launch.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/held_warnings.hpp>
#include <teranga/model/network_check.hpp>
#include <teranga/train/data_opening.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t most_bytes = 32U << 20;  // of files that are read within a second or two: nobody waits long for the report of a slip of the pen

// Of a file, or of all files in a folder; counted until there are more than enough.
std::uintmax_t bytes_of(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    const std::uintmax_t bytes = fs::file_size(path, error);
    return error ? 0 : bytes;  // what is not there is a fault that opening finds
  }
  std::uintmax_t bytes = 0;
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end && bytes <= most_bytes; at.increment(error)) {
    std::error_code none;
    if (const std::uintmax_t one = at->file_size(none); !none) bytes += one;
  }
  return bytes;
}

std::uintmax_t bytes_of(const Value& value) {
  if (value.is<std::string>()) return bytes_of(fs::path(value.as<std::string>()));
  std::uintmax_t bytes = 0;
  if (value.is<Value::List>())
    for (const Value& item : value.as<Value::List>()) bytes += bytes_of(item);
  return bytes;
}

bool is_quick_to_read(const recipe::Recipe& recipe, const host::Item& dataset) {
  std::uintmax_t bytes = 0;
  for (const Option& option : data_options(recipe, dataset))
    if (names_files(dataset.schema, option.name)) bytes += bytes_of(option.value);
  return bytes <= most_bytes;
}

}  // namespace

void add_more_faults(const recipe::Recipe& recipe, const recipe::Sound& sound, const host::Registry& registry, recipe::Diagnostics& found) {
  if (launched_rank() != 0) return;  // which has the report of all
  const recipe::DataRecipe& data = recipe.require_data();
  const log::HeldWarnings warnings;  // beside errors nobody needs them; they come again with the recipe in order
  try {
    if (!is_quick_to_read(recipe, registry.need(host::Kind::dataset, data.component.type))) return;
    const std::unique_ptr<data::Source> source = open_data(recipe, registry);
    if (!sound.network) return;
    source->fit();
    recipe::Recipe planned = recipe;
    if (!sound.metrics) planned.training.metrics.clear();
    model::check_network(planned, fields_of(*source), registry);
  } catch (const recipe::Faults& faults) {
    found.add(faults.found());
  } catch (const Error& error) {
    if (error.code() == ExitCode::usage || error.code() == ExitCode::data) found.add(data.position, error.what(), error.hint());
  }
}

}  // namespace teranga::train
