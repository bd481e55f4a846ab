// SPDX-License-Identifier: Apache-2.0
#include "run/metric_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>

#include <fmt/format.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

// A name of a column, in quotes where it needs them.
std::string csv_cell(const std::string& name) {
  if (name.find_first_of(",\"\n") == std::string::npos) return name;
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::int64_t step_of_csv(const std::string& line) {
  const auto at = line.find(',');
  std::int64_t step = -1;
  if (at != std::string::npos) std::from_chars(line.data() + at + 1, line.data() + line.size(), step);
  return step;
}

}  // namespace

std::string number_text(double value, bool json) {
  if (std::isfinite(value)) return fmt::format("{}", value);
  return json ? (std::isnan(value) ? "null" : value > 0 ? "1e999" : "-1e999") : fmt::format("{}", value);
}

void cut_after(const std::string& path, std::int64_t step, std::int64_t (*step_of)(const std::string& line)) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return;  // a pipe would wait for a writer; that it is no file is told where it is opened for writing
  std::ifstream in(path);
  if (!in) return;
  std::string kept, line;
  while (std::getline(in, line) && !in.eof())
    if (step_of(line) <= step) kept += line + "\n";
  in.close();
  replace_file(path, kept);
}

// Whether lines follow the line of column names.
bool MetricTable::has_lines(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  return std::getline(in, line) && std::getline(in, line);
}

void MetricTable::put_aside(const std::string& folder, const std::string& stem, std::int64_t step) {
  const std::string path = fmt::format("{}/{}.csv", folder, stem);
  std::error_code error;
  std::string aside = fmt::format("{}-to-step-{}.csv", stem, step);
  for (int n = 2; fs::exists(fs::symlink_status(fmt::format("{}/{}", folder, aside), error)); ++n) aside = fmt::format("{}-to-step-{}-{}.csv", stem, step, n);
  fs::rename(path, fmt::format("{}/{}", folder, aside), error);
  if (error) throw Error(ExitCode::failure, fmt::format("cannot rename {}: {}", path, error.message()));
  log::info(fmt::format("{}.csv has other columns from here on; those so far are in {}", stem, aside));
}

void MetricTable::open(const std::string& folder, const std::string& stem, const std::vector<std::string>& columns, std::int64_t step) {
  columns_ = columns;
  const std::string path = fmt::format("{}/{}.csv", folder, stem);
  cut_after(path, step, step_of_csv);
  std::string header = "epoch,step", found;
  for (const std::string& column : columns_) header.append(",").append(csv_cell(column));
  if (std::error_code error; fs::is_regular_file(path, error)) std::getline(std::ifstream(path), found);
  if (!found.empty() && found != header) {  // other metrics than before
    if (has_lines(path)) put_aside(folder, stem, step);
    else replace_file(path, "");
    last_step_ = step;  // what was put aside is not wanted here
    file_.open(path, header);
    return;
  }
  file_.open(path, header);
  last_step_ = found.empty() ? -1 : last_step_of(path);
}

std::int64_t MetricTable::last_step_of(const std::string& path) {
  std::ifstream in(path);
  std::int64_t last = -1;
  for (std::string line; std::getline(in, line);) last = std::max(last, step_of_csv(line));
  return last;
}

void MetricTable::add(std::int64_t epoch, std::int64_t step, const NamedNumbers& numbers) {
  std::string line = fmt::format("{},{}", epoch, step);
  for (const std::string& column : columns_) {
    line += ',';
    for (const auto& [name, value] : numbers)
      if (name == column) line += number_text(value, false);
  }
  file_.add(line);
}

}  // namespace teranga::train
