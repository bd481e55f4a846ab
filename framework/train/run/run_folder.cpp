// SPDX-License-Identifier: Apache-2.0
#include "run/run_folder.hpp"

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/absolute_path.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>

#include <charconv>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

std::string made(const std::string& path) {
  std::error_code error;
  fs::create_directories(path + "/checkpoints", error);
  if (error) throw Error(ExitCode::failure, fmt::format("the run folder {} cannot be made: {}", path, error.message()), "choose another with --run FOLDER");
  return absolute_path(path).string();
}

Error failure_to_move(const fs::path& path, const std::error_code& error) {
  return Error(ExitCode::failure, fmt::format("cannot move {} aside: {}", path.string(), error.message()), "choose another folder with --run FOLDER");
}

std::int64_t step_of_json(const std::string& line) {
  const auto at = line.find("\"step\":");
  std::int64_t step = -1;
  if (at != std::string::npos) std::from_chars(line.data() + at + 7, line.data() + line.size(), step);
  return step;
}

// Whether a run makes a file of that name. The folder may be one where other files lie, such as the recipe and its data.
bool is_of_a_run(const std::string& name) {
  for (const char* whole : {"checkpoints", "recipe.toml", "log.txt", "metrics.jsonl", "metrics.csv", "steps.csv", "facts.jsonl", "report.html", "samples.jsonl", "pictures.jsonl", "trace.json", "STOP", "CHECKPOINT", "tensorboard", "metrics.prom"})
    if (name == whole) return true;
  if (name.starts_with("stall-rank-") && name.ends_with(".txt")) return true;
  return (name.starts_with("metrics-to-step-") || name.starts_with("steps-to-step-")) && name.ends_with(".csv");
}

}  // namespace

std::optional<fs::file_time_type> newest_write_in(const std::string& run) {
  std::optional<fs::file_time_type> newest;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run + "/checkpoints", error)) {
    if (entry.path().extension() != ".h5") continue;
    const auto written = entry.last_write_time(error);
    if (!error && (!newest || written > *newest)) newest = written;
  }
  return newest;
}

RunFolder::RunFolder(const std::string& path, std::unique_ptr<checkpoint::RunLock> lock, const checkpoint::OwnerWait& wait)
    : path_(made(path)), lock_(lock ? std::move(lock) : std::make_unique<checkpoint::RunLock>(path_, wait)) {}

bool RunFolder::has_checkpoints() const {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(checkpoints(), error))
    if (entry.path().extension() == ".h5") return true;
  return false;
}

bool RunFolder::owns(const std::string& checkpoint) const {
  std::error_code error;
  return fs::equivalent(fs::absolute(checkpoint).parent_path(), checkpoints(), error);
}

int RunFolder::set_aside_after(std::int64_t step) {
  int count = 0;
  for (const checkpoint::Entry& entry : checkpoint::list(checkpoints())) {
    if (entry.step <= step) continue;
    std::error_code error;
    fs::rename(entry.path, entry.path + ".abandoned", error);
    if (error) throw Error(ExitCode::failure, fmt::format("cannot rename {}: {}", entry.path, error.message()));
    ++count;
  }
  return count;
}

std::string RunFolder::set_aside() {
  std::error_code error;
  std::vector<fs::path> left;
  for (const auto& entry : fs::directory_iterator(path_, error)) {
    const std::string name = entry.path().filename();
    const bool empty_folder = name == "checkpoints" && !has_checkpoints();
    if (!empty_folder && is_of_a_run(name)) left.push_back(entry.path());
  }
  if (left.empty()) return {};
  std::string aside;
  for (int n = 1; aside.empty(); ++n)
    if (fs::create_directory(fmt::format("{}/former-{}", path_, n), error)) aside = fmt::format("{}/former-{}", path_, n);
    else if (error) throw failure_to_move(path_, error);
  for (const fs::path& path : left) {
    fs::rename(path, fs::path(aside) / path.filename(), error);
    if (error) throw failure_to_move(path, error);
  }
  fs::create_directory(checkpoints(), error);
  return aside;
}

void RunFolder::write(const std::string& name, const std::string& text) const { replace_file(path_ + "/" + name, text); }

void RunFolder::open_metrics(const MetricColumns& columns, std::int64_t step) {
  cut_after(path_ + "/metrics.jsonl", step, step_of_json);
  epochs_.open(path_, "metrics", columns.of_epochs, step);
  steps_.open(path_, "steps", columns.of_steps, step);
  json_.open(path_ + "/metrics.jsonl");
}

bool RunFolder::has_line(const std::string& event, std::int64_t step) const {
  std::ifstream in(path_ + "/metrics.jsonl");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(fmt::format("{{\"event\":\"{}\",", event)) && step_of_json(line) == step) return true;
  return false;
}

void RunFolder::line(const std::string& event, std::int64_t step, std::int64_t epoch, const NamedNumbers& numbers) {
  std::string json = fmt::format("{{\"event\":\"{}\",\"step\":{},\"epoch\":{}", event, step, epoch);
  for (const auto& [name, value] : numbers) json += fmt::format(",\"{}\":{}", name, number_text(value, true));
  json_.add(json + "}");
  if (event == "epoch") epochs_.add(epoch, step, numbers);
  if (event == "step") steps_.add(epoch, step, numbers);
}

}  // namespace teranga::train
