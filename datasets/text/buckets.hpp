// SPDX-License-Identifier: Apache-2.0
// The option "buckets": lengths that samples are padded to instead of all to one, so that short texts do not run through the steps of long ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/sdk/dataset.hpp>
#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

class Buckets {
 public:
  // `samples` of which steps are counted; `cut`: where longer ones than the longest bucket are cut.
  static sdk::OptionSpec option(const std::string& samples, const std::string& cut) {
    return sdk::integers("buckets").optional().items(1, 64).says("lengths, ascending: a batch holds " + samples + " of one bucket, padded to its length; those beyond the longest are cut " + cut);
  }

  // `length_options` say the one length that there is without buckets. Throws OptionError.
  Buckets(const sdk::Options& options, const std::vector<std::string>& length_options, std::int64_t least = 1) : lengths_(options.integers("buckets")) {
    if (!any()) return;
    if (lengths_.front() < least || longest() > 1'000'000 || std::adjacent_find(lengths_.begin(), lengths_.end(), std::greater_equal<>()) != lengths_.end())
      throw sdk::OptionError("buckets", fmt::format("expected ascending lengths from {} to 1000000", least), in_order(lengths_, least));
    std::string given;
    for (const std::string& name : length_options)
      if (options.has(name)) given += (given.empty() ? "" : " and ") + name;
    if (!given.empty()) throw sdk::OptionError(given, fmt::format("the longest of the buckets, {}, is the most steps of a sample", longest()), fmt::format("leave out {}, or buckets", given));
  }

  bool any() const noexcept { return !lengths_.empty(); }
  std::int64_t longest() const noexcept { return lengths_.back(); }
  // Of a sample that has `length` steps where there are no buckets.
  std::int64_t length_or(std::int64_t length) const noexcept { return any() ? longest() : length; }
  std::int64_t extent_or(std::int64_t length) const noexcept { return any() ? -1 : length; }

  void describe(sdk::Description& description) const {
    for (const std::int64_t length : lengths_) description.bucket(length);
  }

 private:
  // The option with those of the lengths that can be, ascending.
  static std::string in_order(std::vector<std::int64_t> lengths, std::int64_t least) {
    std::erase_if(lengths, [&](std::int64_t length) { return length < least || length > 1'000'000; });
    std::sort(lengths.begin(), lengths.end());
    lengths.erase(std::unique(lengths.begin(), lengths.end()), lengths.end());
    return lengths.empty() ? "buckets = [32, 64, 128, 256]" : fmt::format("buckets = [{}]", fmt::join(lengths, ", "));
  }

  std::vector<std::int64_t> lengths_;
};

}  // namespace teranga::datasets
