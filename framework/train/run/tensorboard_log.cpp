// SPDX-License-Identifier: Apache-2.0
#include "run/tensorboard_log.hpp"

#include "session/host_name.hpp"

#include <teranga/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view first_letters = "events.out.tfevents.";

double seconds_since_1970() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::int64_t second_in(std::string_view name) {
  std::int64_t second = 0;
  if (name.starts_with(first_letters)) std::from_chars(name.data() + first_letters.size(), name.data() + name.size(), second);
  return second;
}

// TensorBoard reads the files of a folder in the order of their names: a new one comes last, whatever the clock says.
std::string new_file_in(const std::string& folder) {
  std::int64_t second = static_cast<std::int64_t>(seconds_since_1970());
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) second = std::max(second, second_in(entry.path().filename().string()) + 1);
  return fmt::format("{}/{}{:010}.{}.{}.0.v2", folder, first_letters, second, host_name(), getpid());
}

}  // namespace

TensorBoardLog::TensorBoardLog(const std::string& run_folder, std::int64_t epochs, std::int64_t steps) : folder_(run_folder + "/tensorboard"), epochs_(epochs), steps_(steps) {
  // What is to be forgotten of a former future is forgotten now, in runs too that get nothing new for a while.
  std::vector<std::string> runs;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error))
    if (entry.is_directory(error)) runs.push_back(entry.path().filename().string());
  for (const std::string& run : runs) file_of(run);
}

LineFile& TensorBoardLog::file_of(const std::string& run) {
  const auto [at, is_new] = files_.try_emplace(run);
  if (!is_new) return at->second;
  try {
    const std::string folder = folder_ + "/" + run;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw Error(ExitCode::failure, fmt::format("cannot make the folder {}: {}", folder, error.message()));
    at->second.open(new_file_in(folder));
  } catch (...) {
    files_.erase(at);
    throw;
  }
  const double now = seconds_since_1970();
  at->second.add_record(report::first_record(now) + report::start_record({now, (run == of_steps ? steps_ : epochs_) + 1}));
  return at->second;
}

void TensorBoardLog::add(const std::string& run, std::int64_t step, const report::EventSummary& summary) {
  if (!summary.empty()) file_of(run).add_record(report::summary_record({seconds_since_1970(), step}, summary));
}

}  // namespace teranga::train
