// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/checkpoint_path.hpp>

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/checkpoint/foreign_file.hpp>
#include <teranga/core/error.hpp>

#include <algorithm>
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
  if (!entries.empty()) throw Error(ExitCode::data, fmt::format("none of the {} checkpoint(s) in {} is intact", entries.size(), inner), fmt::format("teranga checkpoint list {}", folder));
  throw Error(ExitCode::data, fmt::format("{} holds no checkpoint", folder), "name a run folder, its folder of checkpoints, or a checkpoint");
}

[[noreturn]] void refuse_missing(const std::string& path) {
  std::error_code error;
  const std::string run = "runs/" + path;
  throw Error(ExitCode::data, fmt::format("{}: there is no such file or folder: expected a run folder, its folder of checkpoints, or a checkpoint", path),
              fs::is_directory(run, error) ? fmt::format("did you mean {}?", run) : "");
}

void refuse_recipe(const std::string& path) {
  if (!path.ends_with(".toml")) return;
  std::error_code error;
  const fs::path beside = fs::path(path).parent_path(), run = "runs" / fs::path(path).stem();
  const std::string hint = fs::is_directory(beside / "checkpoints", error) ? (beside.empty() ? std::string(".") : beside.string()) : fs::is_directory(run, error) ? run.string() : std::string();
  throw Error(ExitCode::data, fmt::format("{}: expected a run folder, its folder of checkpoints, or a checkpoint, found a recipe", path), hint.empty() ? "" : fmt::format("did you mean {}?", hint));
}

std::string file_or_newest(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) refuse_missing(path);
  if (fs::is_directory(status)) return newest_in(path);
  refuse_recipe(path);
  checkpoint::refuse_foreign_file(path);
  return path;
}

}  // namespace

std::string checkpoint_folder(const std::string& folder) {
  std::error_code error;
  return fs::is_directory(folder + "/checkpoints", error) ? folder + "/checkpoints" : folder;
}

std::string checkpoint_file(const std::string& path) {
  const std::string file = file_or_newest(path);
  if (checkpoint::is_hdf5(file) && !checkpoint::is_checkpoint(file))
    throw Error(ExitCode::data, fmt::format("{}: expected a checkpoint, found an HDF5 file that is none: weights alone have no recipe and no data", path),
                fmt::format("teranga train RECIPE --init-weights {} --dry-run --run FOLDER makes a checkpoint of the weights of a Keras model", path));
  return file;
}

std::string weights_file(const std::string& path) { return file_or_newest(path); }

bool holds_checkpoint(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return checkpoint::is_checkpoint(path);
  const fs::directory_iterator entries(checkpoint_folder(path), error);
  return !error && std::any_of(begin(entries), end(entries), [](const fs::directory_entry& entry) { return entry.path().extension() == ".h5"; });
}

}  // namespace teranga::train
