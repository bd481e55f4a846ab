// SPDX-License-Identifier: Apache-2.0
#include "run_folder.hpp"

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/absolute_path.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>

#include <charconv>
#include <cmath>
#include <cstring>
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

void replace_file(const std::string& path, const std::string& text) {
  std::ofstream out(path + ".new", std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  std::error_code error;
  if (out) fs::rename(path + ".new", path, error);
  if (!out || error) throw Error(ExitCode::failure, fmt::format("cannot write {}: {}", path, error ? error.message() : std::strerror(errno)));
}

Error failure_to_move(const fs::path& path, const std::error_code& error) {
  return {ExitCode::failure, fmt::format("cannot move {} aside: {}", path.string(), error.message()), "choose another folder with --run FOLDER"};
}

std::int64_t step_of_json(const std::string& line) {
  const auto at = line.find("\"step\":");
  std::int64_t step = -1;
  if (at != std::string::npos) std::from_chars(line.data() + at + 7, line.data() + line.size(), step);
  return step;
}

std::int64_t step_of_csv(const std::string& line) {
  const auto at = line.find(',');
  std::int64_t step = -1;
  if (at != std::string::npos) std::from_chars(line.data() + at + 1, line.data() + line.size(), step);
  return step;
}

// Keeps whole lines up to and including `step`; a line without a step (a header) is kept.
template <class StepOf>
void cut_after(const std::string& path, std::int64_t step, StepOf&& step_of) {
  std::ifstream in(path);
  if (!in) return;
  std::string kept, line;
  while (std::getline(in, line) && !in.eof())
    if (step_of(line) <= step) kept += line + "\n";
  in.close();
  replace_file(path, kept);
}

}  // namespace

std::string number_text(double value, bool json) {
  if (std::isfinite(value)) return fmt::format("{}", value);
  return json ? (std::isnan(value) ? "null" : value > 0 ? "1e999" : "-1e999") : fmt::format("{}", value);
}

RunFolder::RunFolder(const std::string& path) : path_(made(path)), lock_(path_) {}

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
    if (!empty_folder && !name.starts_with("former-") && !lock_.owns(entry.path())) left.push_back(entry.path());
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

void RunFolder::open_metrics(const std::vector<std::string>& columns, std::int64_t step) {
  columns_ = columns;
  const std::string csv = path_ + "/metrics.csv";
  cut_after(path_ + "/metrics.jsonl", step, step_of_json);
  cut_after(csv, step, step_of_csv);
  const std::string header = fmt::format("event,step,epoch,{}", fmt::join(columns_, ","));
  std::string found;
  std::getline(std::ifstream(csv), found);
  if (!found.empty() && found != header) {  // other metrics than before
    const std::string aside = fmt::format("metrics-to-step-{}.csv", step);
    std::error_code error;
    fs::rename(csv, fmt::format("{}/{}", path_, aside), error);
    if (error) throw Error(ExitCode::failure, fmt::format("cannot rename {}: {}", csv, error.message()));
    log::info(fmt::format("metrics.csv has other columns from here on; those so far are in {}", aside));
    found.clear();
  }
  csv_.open(csv);
  json_.open(path_ + "/metrics.jsonl");
  if (found.empty()) csv_.add(header);
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
  std::string csv = fmt::format("{},{},{}", event, step, epoch);
  for (const std::string& column : columns_) {
    csv += ',';
    for (const auto& [name, value] : numbers)
      if (name == column) csv += number_text(value, false);
  }
  csv_.add(csv);
}

}  // namespace teranga::train
