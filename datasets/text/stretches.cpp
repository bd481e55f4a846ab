// SPDX-License-Identifier: Apache-2.0
#include "stretches.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include <teranga/core/share.hpp>
#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {

std::vector<sdk::OptionSpec> Stretches::options(const std::string& sources, const std::string& whole, const std::string& samples) {
  return {sdk::real("validation_share", 0.0).in(0, 1).below(1).says(fmt::format("without validation {}: this share of {}, before the test part at the end (validation_split of [data] would cut between {} that overlap)", sources, whole, samples)),
          sdk::real("test_split", 0.0).in(0, 1).below(1).says(fmt::format("without test {}: this share of {}, the end", sources, whole))};
}

void Stretches::divide(const sdk::Options& options, const std::string& sources) {
  const double validation = options.real("validation_share"), test = options.real("test_split");
  for (const auto& [part, share, option, name] : {std::tuple{TRG_VALIDATION, validation, "validation_share", "validation"}, {TRG_TEST, test, "test_split", "test"}})
    if (share > 0 && !stretches_[static_cast<std::size_t>(part)].empty())
      throw sdk::OptionError(option, fmt::format("the {} part has {} of its own as well", name, sources), fmt::format("leave out {}", option));
  if (validation + test >= 1) throw sdk::OptionError("validation_share", fmt::format("with a test_split of {} it leaves nothing to train on", test));
  if (validation + test == 0) return;
  const std::vector<Stretch> whole = std::exchange(stretches_[TRG_TRAIN], {});
  const std::int64_t all = whole.back().end;
  const std::int64_t first_cut = left_of(all, validation + test), second_cut = left_of(all, test);
  for (const Stretch& stretch : whole)
    for (const auto& [part, from, to] : {std::tuple{TRG_TRAIN, std::int64_t{0}, first_cut}, {TRG_VALIDATION, first_cut, second_cut}, {TRG_TEST, second_cut, all}})
      if (const Stretch cut{std::max(stretch.begin, from), std::min(stretch.end, to)}; cut.begin < cut.end) stretches_[static_cast<std::size_t>(part)].push_back(cut);
}

PartRows Stretches::samples(std::int64_t steps, std::int64_t stride, const std::function<void(const TooShort&)>& refuse, std::int32_t needed) const {
  PartRows samples;
  const auto longest_of = [](const std::vector<Stretch>& stretches) {
    std::int64_t longest = 0;
    for (const Stretch& stretch : stretches) longest = std::max(longest, stretch.end - stretch.begin);
    return longest;
  };
  std::int64_t possible = longest_of(stretches_[static_cast<std::size_t>(needed)]);
  for (const std::vector<Stretch>& stretches : stretches_)
    if (!stretches.empty()) possible = std::min(possible, longest_of(stretches));
  for (const auto& [part, name] : {std::pair{TRG_TRAIN, "training"}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}}) {
    const std::vector<Stretch>& stretches = stretches_[static_cast<std::size_t>(part)];
    for (const Stretch& stretch : stretches)
      for (std::int64_t begin = stretch.begin; begin + steps <= stretch.end; begin += stride) samples.add(part, begin);
    if (samples.count(part) == 0 && (part == needed || !stretches.empty())) refuse({name, longest_of(stretches), possible});
  }
  return samples;
}

}  // namespace teranga::datasets
