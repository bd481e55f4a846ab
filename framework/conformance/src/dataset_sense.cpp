// SPDX-License-Identifier: Apache-2.0
#include "dataset_sense.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

constexpr std::int64_t least_to_compare = 8, most_to_compare = 64;

// As numbers of a data set are, and their bits, taken for a whole number, are not.
bool usual_size(double x) { return std::isfinite(x) && std::fabs(x) >= 1e-4 && std::fabs(x) <= 1e6; }

std::string float_in(std::int32_t type, double value) {
  if (std::fabs(value) > 9e18) return {};
  const auto whole = static_cast<std::int64_t>(value);
  if (type == TRG_I32) {
    const auto x = static_cast<double>(std::bit_cast<float>(static_cast<std::int32_t>(whole)));
    return usual_size(x) ? fmt::format("{:g}f", x) : std::string();
  }
  const auto x = std::bit_cast<double>(whole);
  return usual_size(x) ? fmt::format("{:g}", x) : std::string();
}

std::string bytes_of_row(const FilledBatch& batch, std::size_t row) {
  std::string all;
  for (std::size_t f = 0; f < batch.row_bytes.size(); ++f) all.append(reinterpret_cast<const char*>(batch.rows_of[f].data()) + row * batch.row_bytes[f], batch.row_bytes[f]);
  return all;
}

std::vector<std::int64_t> samples_from(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> samples(static_cast<std::size_t>(count));
  std::iota(samples.begin(), samples.end(), first);
  return samples;
}

// Whether the first samples of the part are those of the training part from `first` on. Samples that are much the same anyway, as of a table of truth, tell nothing.
bool is_copy(const HeldDataset& data, const DescribedData& described, std::int32_t part, std::int64_t first, std::int64_t count) {
  const FillHow how{.bucket = described.buckets.empty() ? 1 : described.buckets.back()};
  const FilledBatch train = fill(data, described, TRG_TRAIN, samples_from(first, count), how), other = fill(data, described, part, samples_from(0, count), how);
  if (!train.answer.ok() || !other.answer.ok()) return false;
  std::set<std::string> different;
  for (std::size_t row = 0; row < static_cast<std::size_t>(count); ++row) {
    if (train.unequal(row, other, row) >= 0) return false;
    different.insert(bytes_of_row(train, row));
  }
  return different.size() * 4 >= static_cast<std::size_t>(count) * 3;
}

}  // namespace

std::string words_of_float_bits(const DescribedField& field, const std::vector<double>& values) {
  if (field.type != TRG_I32 && field.type != TRG_I64) return {};
  std::string words;
  for (const double value : values) {
    if (value == 0) continue;
    const std::string meant = float_in(field.type, value);
    if (meant.empty()) return {};
    if (words.empty()) words = fmt::format("all its numbers but 0 are the bits of numbers with a fraction: {:.0f} is {}", value, meant);
  }
  return words;
}

bool same_samples(const HeldDataset& a, const HeldDataset& b, const FillHow& how) {
  const DescribedData of_a = describe(a), of_b = describe(b);
  if (!of_a.fault.empty() || !same_description(of_a, of_b)) return false;
  const std::vector<std::int64_t> samples = some_samples(of_a, TRG_TRAIN, 16);
  if (samples.empty()) return false;
  const FilledBatch one = fill(a, of_a, TRG_TRAIN, samples, how), other = fill(b, of_b, TRG_TRAIN, samples, how);
  if (!one.answer.ok() || !other.answer.ok()) return false;
  for (std::size_t row = 0; row < samples.size(); ++row)
    if (one.unequal(row, other, row) >= 0) return false;
  return true;
}

// Of the default options alone: some data sets take long to be made.
void dataset_parts(const Subject& subject, Findings& findings) {
  if (!subject.calls<trg_dataset_calls>().describe || !subject.calls<trg_dataset_calls>().fill) return findings.not_applicable("describe or fill is null");
  std::string missing;
  const std::optional<OptionTrial> options = default_trial(subject, &missing);
  if (!options) return findings.not_applicable(fmt::format("needs --set {}=VALUE", missing));
  Call::set_place(options->words);
  const HeldDataset data(subject, options->options);
  if (!data.ok()) return findings.not_applicable(fmt::format("create answers {}; say --set NAME=VALUE", data.made().words()));
  DescribedData described = describe(data);
  const std::int64_t train = described.counts[TRG_TRAIN];
  if (described.fault.empty() && data.calls().fit && train > 0 && fit(data, std::min<std::int64_t>(train, 100000)).answer.ok()) described = describe(data);
  if (!described.fault.empty()) return findings.not_applicable("its description makes no sense: see dataset/describe");
  bool compared = false;
  for (const std::int32_t part : {TRG_VALIDATION, TRG_TEST}) {
    const std::int64_t count = described.counts[static_cast<std::size_t>(part)], together = std::min({count, train, most_to_compare});
    if (together < least_to_compare) continue;
    compared = true;
    for (const std::int64_t first : std::set<std::int64_t>{0, std::max<std::int64_t>(0, train - count)}) {
      if (first + together > train || !is_copy(data, described, part, first, together)) continue;
      findings.warning(fmt::format("the first {} samples of the {} part are those of the training part, from sample {} on: what is measured on them says nothing of new samples", together, part_words(part), first), joined({"fill", options->words}),
                       "draw the samples of each part from a stream of its own, or split the data: b.part() says which part is filled");
      return;
    }
  }
  if (!compared) findings.not_applicable(fmt::format("no part but the training part has {} samples", least_to_compare));
}

}  // namespace teranga::conformance
