// SPDX-License-Identifier: Apache-2.0
// Steps in a row, of texts or of time: parts are stretches of them, and no sample reaches over the end of one.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <teranga/datasets/part_rows.hpp>
#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

class Stretches {
 public:
  // "validation_share" and "test_split" of a whole, "the training text", where its parts have no sources ("files") of their own; samples are so called.
  static std::vector<sdk::OptionSpec> options(const std::string& sources, const std::string& whole, const std::string& samples);

  // Steps [begin, end); those of the training part come first, and begin at 0.
  void add(std::int32_t part, std::int64_t begin, std::int64_t end) { stretches_[static_cast<std::size_t>(part)].push_back({begin, end}); }

  // Cuts the training part, all its stretches in a row, at the two places that the options ask for. Throws OptionError.
  void divide(const sdk::Options& options, const std::string& sources);

  struct TooShort {
    const char* part;
    std::int64_t longest;   // steps of the longest stretch of the part
    std::int64_t possible;  // so many steps have samples in every part
  };
  // The begins of samples of so many steps, `stride` apart. `refuse` is told of a part that gives none, and has stretches or is `needed`.
  PartRows samples(std::int64_t steps, std::int64_t stride, const std::function<void(const TooShort&)>& refuse, std::int32_t needed = TRG_TRAIN) const;

 private:
  struct Stretch {
    std::int64_t begin, end;
  };
  std::array<std::vector<Stretch>, 3> stretches_;
};

}  // namespace teranga::datasets
