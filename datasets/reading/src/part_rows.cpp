// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/part_rows.hpp>

#include <numeric>
#include <random>

#include <fmt/format.h>

#include <teranga/core/share.hpp>

namespace teranga::datasets {

namespace {

void shuffle(std::vector<std::int64_t>& rows, std::int64_t seed) {
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random() % i]);
}

}  // namespace

std::vector<sdk::OptionSpec> PartRows::options(const std::string& records) {
  return {sdk::real("test_split", 0.0).in(0, 1).below(1).says(fmt::format("without a test part: this share of the training {0}, taken from the end, is the test part; shuffle_seed mixes the {0} before", records)),
          sdk::integer("shuffle_seed").optional().at_least(0).says(fmt::format("puts the training {0} in a random order once, before any split; left out: file order", records))};
}

std::vector<sdk::OptionSpec> PartRows::options_of_sorted(const std::string& records) {
  std::vector<sdk::OptionSpec> own = options(records);
  own[1] = sdk::integer("shuffle_seed", 0).at_least(-1).says(fmt::format("puts the training {0} in a random order once, before any split, for {0} lie class after class; -1: the order of names", records));
  return own;
}

std::vector<std::int64_t> PartRows::training_samples() const {
  std::vector<std::int64_t> all(rows_[TRG_TRAIN].size());
  std::iota(all.begin(), all.end(), std::int64_t{0});
  return all;
}

std::vector<std::int64_t> PartRows::shuffled(std::int64_t count, std::int64_t seed) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  shuffle(rows, seed);
  return rows;
}

void PartRows::describe(sdk::Description& description) const {
  for (const std::int32_t part : {TRG_TRAIN, TRG_VALIDATION, TRG_TEST})
    if (count(part) > 0) description.count(part, count(part));
}

std::string PartRows::counted(std::string_view records) const {
  if (count(TRG_VALIDATION) > 0) return fmt::format("{} training, {} validation and {} test {}", count(TRG_TRAIN), count(TRG_VALIDATION), count(TRG_TEST), records);
  return fmt::format("before validation_split: {} training and {} test {}", count(TRG_TRAIN), count(TRG_TEST), records);
}

void PartRows::divide(const sdk::Options& options) {
  std::vector<std::int64_t>& rows = rows_[TRG_TRAIN];
  if (options.has("shuffle_seed") && options.integer("shuffle_seed") >= 0) shuffle(rows, options.integer("shuffle_seed"));
  const double share = options.real("test_split");
  if (share == 0) return;
  if (!rows_[TRG_TEST].empty()) throw sdk::OptionError("test_split", "there is a test part as well", "test_split = 0");
  const auto kept = static_cast<std::size_t>(left_of(std::ssize(rows), share));
  if (kept == 0 || kept == rows.size()) throw sdk::OptionError("test_split", fmt::format("{} of {} samples leaves none for one of the two parts", share, rows.size()));
  rows_[TRG_TEST].assign(rows.begin() + static_cast<std::ptrdiff_t>(kept), rows.end());
  rows.resize(kept);
}

}  // namespace teranga::datasets
