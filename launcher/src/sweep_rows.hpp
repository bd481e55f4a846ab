// SPDX-License-Identifier: Apache-2.0
// The rows of a sweep: each gives every key of the grid a value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace teranga::launcher {

struct SweepRows {
  std::vector<std::string> keys;               // "optimizer.learning_rate"
  std::vector<std::vector<std::string>> rows;  // values in the order of the keys, as they are written in a recipe

  std::vector<std::string> overrides(std::size_t row) const;  // as --set takes them
  std::string text(const std::vector<std::string>& marks) const;  // as CSV, with the numbers of the rows, from 1, and a mark for each
};

// Of arguments such as "optimizer.learning_rate=0.1,0.01" and "training.seed=1..3". Without `random`, all combinations; the values of the last key change fastest. Otherwise so many rows that are drawn by the
// seed: other ones each time where there are lists only, and of "1e-4..0.1" numbers between the two, of "log:1e-4..0.1" evenly on a logarithmic scale. Throws Error(usage).
SweepRows sweep_rows(const std::vector<std::string>& grids, std::int64_t random, std::uint64_t seed);

// Each row once for every fold of a cross-validation, with the key "data.fold" as the last one.
SweepRows with_folds(const SweepRows& rows, std::int64_t folds);

std::string csv_line(const std::vector<std::string>& cells);

}  // namespace teranga::launcher
