// SPDX-License-Identifier: Apache-2.0
#include "run/run_folder.hpp"

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/absolute_path.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/report/flat_object.hpp>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <variant>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

constexpr const char* resumable = "resumable";

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

// The metrics of a line of metrics.jsonl, to the same bits.
NamedNumbers numbers_of(const report::FlatObject& line) {
  NamedNumbers out;
  for (const auto& [name, value] : line)
    if (const double* const number = std::get_if<double>(&value); number && name != "step" && name != "epoch") out.emplace_back(name, *number);
  return out;
}

// Whether a run makes a file of that name. The folder may be one where other files lie, such as the recipe and its data.
bool is_of_a_run(const std::string& name) {
  for (const char* whole : {"checkpoints", "recipe.toml", "log.txt", "metrics.jsonl", "metrics.csv", "steps.csv", "facts.jsonl", "report.html", "samples.jsonl", "pictures.jsonl", "trace.json", "STOP", "CHECKPOINT", "tensorboard", "metrics.prom", resumable})
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
    : path_(made(path)), lock_(lock ? std::move(lock) : std::make_unique<checkpoint::RunLock>(path_, wait)) {
  open_place();
}

RunFolder::~RunFolder() {
  if (place_ >= 0) ::close(place_);
}

void RunFolder::open_place() {
  if (place_ >= 0) ::close(place_);
  place_ = ::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool RunFolder::still_ours() const {
  const std::lock_guard lock(mutex_);
  return lock_ && lock_->touch();  // none where another process took the place of a folder that was removed
}

void RunFolder::release() const noexcept {
  const std::lock_guard lock(mutex_);
  if (lock_) lock_->release();
}

RunFolder::Place RunFolder::look() {
  struct stat open {}, found {};
  if (place_ < 0 || ::fstat(place_, &open) != 0) return Place::same;
  const auto is_it = [&](const std::string& path) { return ::stat(path.c_str(), &found) == 0 && found.st_dev == open.st_dev && found.st_ino == open.st_ino; };
  if (is_it(path_)) return Place::same;
  if (open.st_nlink > 0) {
    std::error_code error;
    const std::string now = fs::read_symlink(fmt::format("/proc/self/fd/{}", place_), error).string();
    if (!error && is_it(now)) {
      const std::lock_guard lock(mutex_);
      path_ = now;
      lock_->moved_to(path_);
      return Place::moved;
    }
    if (::stat(path_.c_str(), &found) != 0 && errno != ENOENT && errno != ENOTDIR) return Place::same;  // nothing can be told now
  }
  return Place::removed;
}

void RunFolder::make_again() {
  made(path_);
  {
    const std::lock_guard lock(mutex_);
    lock_.reset();
    lock_ = std::make_unique<checkpoint::RunLock>(path_);
  }
  open_place();
  if (recipe_.empty()) return;
  write_recipe(recipe_);
  open_files(0);
}

void RunFolder::mark_resumable() const noexcept {
  try {
    write(resumable, "This training is not complete. The same command goes on from its newest checkpoint.\n");
  } catch (const std::exception& error) {
    log::warning(fmt::format("{}; the training goes on without this file", error.what()));
  }
}

void RunFolder::mark_ended() const noexcept { ::unlink(fmt::format("{}/{}", path_, resumable).c_str()); }

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

void RunFolder::write_recipe(const std::string& resolved) {
  write("recipe.toml", resolved);
  recipe_ = resolved;
}

void RunFolder::open_metrics(const MetricColumns& columns, std::int64_t step) {
  columns_ = columns;
  cut_after(path_ + "/metrics.jsonl", step, step_of_json);
  open_files(step);
  restore_tables();
}

void RunFolder::open_files(std::int64_t step) {
  epochs_.open(path_, "metrics", columns_.of_epochs, step);
  steps_.open(path_, "steps", columns_.of_steps, step);
  json_.open(path_ + "/metrics.jsonl");
}

void RunFolder::restore_tables() {
  std::ifstream in(path_ + "/metrics.jsonl");
  std::int64_t restored = 0;
  for (std::string text; std::getline(in, text);) {
    const std::optional<report::FlatObject> line = report::flat_object(text);
    if (!line) continue;
    const std::string event = report::text_in(*line, "event");
    MetricTable* const table = event == "epoch" ? &epochs_ : event == "step" ? &steps_ : nullptr;
    const auto step = static_cast<std::int64_t>(report::number_in(*line, "step", -1));
    if (!table || step <= table->last_step()) continue;
    table->add(static_cast<std::int64_t>(report::number_in(*line, "epoch", -1)), step, numbers_of(*line));
    ++restored;
  }
  if (restored > 0) log::info(fmt::format("lines that metrics.csv and steps.csv lacked, and that are taken from metrics.jsonl: {}", restored));
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
