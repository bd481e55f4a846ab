// SPDX-License-Identifier: Apache-2.0
#include "run/best_checkpoints.hpp"

#include "session/number_tensor.hpp"

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/log.hpp>
#include <teranga/train/checkpoint_path.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

// The head of a checkpoint has a hash of the rest.
std::string head_of(const fs::path& path) {
  std::string head(512, '\0');
  std::ifstream(path, std::ios::binary).read(head.data(), static_cast<std::streamsize>(head.size()));
  return head;
}

// Whether a file is the other one, or a copy of it: checkpoints of one step, made by two trainings, differ in their dates.
bool is_same(const fs::path& one, const fs::path& other) { return fs::equivalent(one, other) || head_of(one) == head_of(other); }

// A second name of the file; a copy where the file system has no second names. It appears whole or not at all.
void add_name(const fs::path& from, const fs::path& to) {
  const fs::path partial = to.string() + ".partial";
  std::error_code error;
  fs::remove(partial, error);
  fs::create_hard_link(from, partial, error);
  if (error) fs::copy_file(from, partial, fs::copy_options::overwrite_existing);
  fs::rename(partial, to);
}

}  // namespace

BestCheckpoints::BestCheckpoints(const recipe::KeepBest& recipe, const std::vector<Measured>& measured) : recipe_(recipe), sign_(direction_of(recipe.monitor, recipe.mode, measured)) {}

bool BestCheckpoints::epoch_end(std::int64_t epoch, std::int64_t step, const NamedNumbers& numbers) {
  const auto number = std::ranges::find(numbers, recipe_.monitor, &NamedNumbers::value_type::first);
  if (number == numbers.end() || !std::isfinite(number->second)) return false;
  const auto worse = std::ranges::find_if(best_, [&](const Best& one) { return sign_ * (number->second - one.value) > 0; });
  const auto place = static_cast<std::size_t>(worse - best_.begin());
  if (place >= static_cast<std::size_t>(recipe_.count)) return false;
  best_.insert(worse, {step, epoch, number->second});
  if (best_.size() > static_cast<std::size_t>(recipe_.count)) best_.pop_back();
  return true;
}

void BestCheckpoints::publish(const std::string& checkpoints) const {
  try {
    const fs::path folder = fs::path(checkpoints) / best_folder;
    if (best_.empty() && !fs::exists(folder)) return;
    fs::create_directories(folder);
    std::vector<std::string> wanted;
    for (const Best& one : best_) {
      wanted.push_back(checkpoint::file_name(one.step));
      const fs::path from = fs::path(checkpoints) / wanted.back(), to = folder / wanted.back();
      if (fs::exists(from) && !(fs::exists(to) && is_same(from, to))) add_name(from, to);
    }
    std::vector<fs::path> others;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
      if (checkpoint::step_of(entry.path()) >= 0 && std::ranges::find(wanted, entry.path().filename().string()) == wanted.end()) others.push_back(entry.path());
    for (const fs::path& other : others) fs::remove(other);
  } catch (const fs::filesystem_error& error) {
    log::warning(fmt::format("the folder of the best checkpoints in {} could not be brought up to date: {}", checkpoints, error.what()));
  }
}

void BestCheckpoints::store(SnapshotViews& snapshot) const {
  std::vector<double> steps, epochs, values;
  for (const Best& one : best_) {
    steps.push_back(static_cast<double>(one.step));
    epochs.push_back(static_cast<double>(one.epoch));
    values.push_back(one.value);
  }
  snapshot.add(snapshot.run, number_tensor(best_steps, steps));
  snapshot.add(snapshot.run, number_tensor("keep_best/epochs", epochs));
  snapshot.add(snapshot.run, number_tensor("keep_best/values", values));
}

void BestCheckpoints::set_tensors(const std::vector<NamedTensor>& tensors) {
  best_.clear();
  const std::span<const double> steps = all_numbers_of(tensors, best_steps);
  const std::span<const double> epochs = numbers_of(tensors, "keep_best/epochs", steps.size()), values = numbers_of(tensors, "keep_best/values", steps.size());
  if (epochs.size() != steps.size() || values.size() != steps.size()) return;
  constexpr double most = 1e15;
  for (std::size_t i = 0; i < std::min(steps.size(), static_cast<std::size_t>(recipe_.count)); ++i)
    if (steps[i] >= 0 && steps[i] < most && epochs[i] >= 0 && epochs[i] < most && std::isfinite(values[i])) best_.push_back({static_cast<std::int64_t>(steps[i]), static_cast<std::int64_t>(epochs[i]), values[i]});
}

}  // namespace teranga::train
