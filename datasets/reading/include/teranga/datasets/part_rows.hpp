// SPDX-License-Identifier: Apache-2.0
// Which records of the files, or places in them, make which part: training, validation and test.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/sdk/dataset.hpp>
#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

class PartRows {
 public:
  // "test_split" and "shuffle_seed", of so-called records.
  static std::vector<sdk::OptionSpec> options(const std::string& records);
  // The same of records that lie class after class: without a seed they are shuffled by seed 0, or a split would take whole classes away.
  static std::vector<sdk::OptionSpec> options_of_sorted(const std::string& records);

  void add(std::int32_t part, std::int64_t record) { rows_[static_cast<std::size_t>(part)].push_back(record); }
  std::int64_t count(std::int32_t part) const { return static_cast<std::int64_t>(rows_[static_cast<std::size_t>(part)].size()); }
  std::size_t record(std::int32_t part, std::int64_t sample) const { return static_cast<std::size_t>(rows_[static_cast<std::size_t>(part)].at(static_cast<std::size_t>(sample))); }
  // 0, 1, ... of the training part.
  std::vector<std::int64_t> training_samples() const;
  // The parts that have any.
  void describe(sdk::Description& description) const;
  // "5 training, 2 validation and 0 test sentences"; the host may split a validation part off, where there is none
  std::string counted(std::string_view records) const;

  // 0 to count - 1 in the order that "shuffle_seed" gives so many records.
  static std::vector<std::int64_t> shuffled(std::int64_t count, std::int64_t seed);

  // Shuffles the training part, then gives its last records to the test part; as the two options ask. Throws OptionError.
  void divide(const sdk::Options& options);

 private:
  std::array<std::vector<std::int64_t>, 3> rows_;
};

}  // namespace teranga::datasets
