// SPDX-License-Identifier: Apache-2.0
// Beam search: the likeliest texts are looked for with the best `width` beginnings kept at each step, for several sources at once. What tells the
// probabilities of the next step is not its business.
//
// Texts of different lengths are compared by log p / steps^length_penalty, the end token counted as a step, as fairseq does (its lenpen;
// https://fairseq.readthedocs.io/en/latest/command_line_tools.html, fairseq-generate): without it short texts would always win. A search is over
// when `width` texts have ended; of those that never end, the beginnings at the last step count as they are. A width of 1 takes the likeliest step
// each time.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace teranga::train {

struct Hypothesis {
  std::size_t source = 0;
  std::vector<std::int32_t> ids;  // what is given, then what was written
  std::int64_t steps = 0;         // written
  double log_p = 0;
  bool ended = false;
};

struct BeamSearch {
  std::int64_t width = 4;
  double length_penalty = 1;
  std::int64_t most_steps = 0;
  std::int32_t end = -1;  // -1: no text ends before most_steps

  // log p of each id as the next step, for each of `rows`.
  using Next = std::function<std::vector<std::vector<double>>(const std::vector<const Hypothesis*>& rows)>;

  double score(const Hypothesis& hypothesis) const;
  // The best text of each source, where given[s] is what source s begins with.
  std::vector<Hypothesis> run(const std::vector<std::vector<std::int32_t>>& given, const Next& next) const;
};

}  // namespace teranga::train
