// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/checkpoint_path.hpp>

#include "session/number_tensor.hpp"

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/checkpoint/foreign_file.hpp>
#include <teranga/core/counted.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

// Run folders in a folder that is none itself.
std::string likely_runs(const std::string& folder) {
  std::vector<std::string> runs;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
    if (entry.is_directory(error) && holds_checkpoint(entry.path().string())) runs.push_back(entry.path().string());
  std::ranges::sort(runs);
  constexpr std::size_t most = 5;
  if (runs.size() > most) runs.resize(most);
  return runs.empty() ? "" : fmt::format("did you mean {}?", fmt::join(runs, ", or "));
}

std::string newest_in(const std::string& folder) {
  const std::string inner = checkpoint_folder(folder);
  const std::vector<checkpoint::Entry> entries = checkpoint::list(inner);
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry)
    if (entry->intact) return entry->path;
  if (!entries.empty()) throw Error(ExitCode::data, fmt::format("{} holds {}, and none is intact", inner, counted(entries.size(), "checkpoint")), fmt::format("teranga checkpoint list {}", shell_word(folder)));
  throw Error(ExitCode::data, fmt::format("{} holds no checkpoint: expected a run folder, its folder of checkpoints, or a checkpoint", folder), likely_runs(folder));
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
  const fs::path parent = fs::path(path).parent_path(), run = "runs" / fs::path(path).stem();
  const std::string beside = parent.empty() ? "." : parent.string();
  const std::string meant = checkpoint_folder(beside) != beside ? beside : fs::is_directory(run, error) ? run.string() : "";
  throw Error(ExitCode::data, fmt::format("{}: expected a run folder, its folder of checkpoints, or a checkpoint, found a recipe", path), meant.empty() ? "" : fmt::format("did you mean {}?", meant));
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
                fmt::format("teranga train RECIPE --init-weights {} --dry-run --run FOLDER makes a checkpoint of the weights of a Keras model", shell_word(path)));
  return file;
}

std::string best_checkpoint(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) refuse_missing(path);
  const std::string folder = checkpoint_folder(path) + "/" + best_folder;
  // The newest of them was written when it became one of the best, and tells the order of all.
  const std::optional<checkpoint::Snapshot> newest = checkpoint::newest_intact(folder);
  if (!newest)
    throw Error(ExitCode::data, fmt::format("{} holds no best checkpoint: expected {} of a training that keeps them", path, folder),
                "keep_best = { monitor = \"loss\" } in [checkpoint] of the recipe keeps the best one; or monitor = \"val_loss\" where the data have a validation part");
  for (const double step : all_numbers_of(newest->run, best_steps)) {
    const std::string file = fmt::format("{}/{}", folder, checkpoint::file_name(static_cast<std::int64_t>(step)));
    if (fs::exists(file, error)) return checkpoint_file(file);
  }
  throw Error(ExitCode::data, fmt::format("{}: none of the best checkpoints that the run tells of is there", folder));
}

std::string weights_file(const std::string& path) { return file_or_newest(path); }

bool holds_checkpoint(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return checkpoint::is_checkpoint(path);
  const fs::directory_iterator entries(checkpoint_folder(path), error);
  return !error && std::any_of(begin(entries), end(entries), [](const fs::directory_entry& entry) { return entry.path().extension() == ".h5"; });
}

}  // namespace teranga::train
