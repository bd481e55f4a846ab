// SPDX-License-Identifier: Apache-2.0
// One CSV file of numbers that grows while a run goes on: a line for each epoch, or for each logged step, and a column for each number.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "run/line_file.hpp"
#include "session/named_numbers.hpp"

namespace teranga::train {

// A number that reads back to the same bits; "null" in JSON where there is none.
std::string number_text(double value, bool json);

// Replaces the file by its whole lines up to and including `step`; a line without a step, such as a header, is kept.
void cut_after(const std::string& path, std::int64_t step, std::int64_t (*step_of)(const std::string& line));

class MetricTable {
 public:
  // `<folder>/<stem>.csv`, whose columns are epoch, step and these. Lines of a former run after `step` are cut away: they will come again. A file of other columns is
  // put aside under another name. Throws Error(failure).
  void open(const std::string& folder, const std::string& stem, const std::vector<std::string>& columns, std::int64_t step);
  // `numbers` by the names of columns; those of no column are left out.
  void add(std::int64_t epoch, std::int64_t step, const NamedNumbers& numbers);
  // Of the last line that it had when it was opened; -1: it had none.
  std::int64_t last_step() const noexcept { return last_step_; }

 private:
  static std::int64_t last_step_of(const std::string& path);
  static bool has_lines(const std::string& path);
  static void put_aside(const std::string& folder, const std::string& stem, std::int64_t step);

  std::vector<std::string> columns_;
  std::int64_t last_step_ = -1;
  LineFile file_;
};

}  // namespace teranga::train
