// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/restored.hpp>

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/error.hpp>
#include <teranga/train/workbench.hpp>

#include <filesystem>

#include <fmt/format.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

std::string newest_in(const std::string& folder) {
  const std::string inner = checkpoint_folder(folder);
  const std::vector<checkpoint::Entry> entries = checkpoint::list(inner);
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry)
    if (entry->intact) return entry->path;
  throw Error(ExitCode::data, entries.empty() ? fmt::format("{} holds no checkpoint", folder) : fmt::format("none of the {} checkpoint(s) in {} is intact", entries.size(), inner),
              fmt::format("teranga checkpoint list {}", folder));
}

}  // namespace

std::string checkpoint_folder(const std::string& folder) {
  std::error_code error;
  return fs::is_directory(folder + "/checkpoints", error) ? folder + "/checkpoints" : folder;
}

Restored restore(const std::string& path, const std::vector<std::string>& overrides) {
  std::error_code error;
  const std::string file = fs::is_directory(path, error) ? newest_in(path) : path;
  checkpoint::Snapshot snapshot = checkpoint::read(file);
  const std::string place = recipe_place(snapshot);
  host::Registry registry = open_plugins(recipe::plugin_files_in(snapshot.recipe, place, overrides));
  recipe::Recipe recipe = recipe_of(snapshot, overrides, registry);
  return {file, std::move(snapshot), std::move(registry), std::move(recipe)};
}

}  // namespace teranga::train
