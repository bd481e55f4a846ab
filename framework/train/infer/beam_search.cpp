// SPDX-License-Identifier: Apache-2.0
#include "infer/beam_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace teranga::train {
namespace {

struct Candidate {
  std::size_t row = 0;  // which hypothesis it goes on from
  std::int32_t id = 0;
  double log_p = 0;  // of all steps
};

// The search for one source.
struct Beam {
  std::vector<Hypothesis> live, ended;
};

// The best of all ways to go on, best first; of equally good ones that of the earlier hypothesis, then of the smaller id.
std::vector<Candidate> best_candidates(const std::vector<Hypothesis>& live, const std::vector<double>* log_p, std::size_t most) {
  std::vector<Candidate> all;
  for (std::size_t row = 0; row < live.size(); ++row)
    for (std::size_t id = 0; id < log_p[row].size(); ++id)
      if (log_p[row][id] > -std::numeric_limits<double>::infinity()) all.push_back({row, static_cast<std::int32_t>(id), live[row].log_p + log_p[row][id]});
  const auto better = [](const Candidate& a, const Candidate& b) { return a.log_p != b.log_p ? a.log_p > b.log_p : a.row != b.row ? a.row < b.row : a.id < b.id; };
  const auto kept = static_cast<std::ptrdiff_t>(std::min(most, all.size()));
  std::partial_sort(all.begin(), all.begin() + kept, all.end(), better);
  all.resize(static_cast<std::size_t>(kept));
  return all;
}

Hypothesis longer(const Hypothesis& from, const Candidate& by) {
  Hypothesis out = from;
  out.ids.push_back(by.id);
  out.log_p = by.log_p;
  ++out.steps;
  return out;
}

}  // namespace

double BeamSearch::score(const Hypothesis& hypothesis) const {
  return hypothesis.log_p / std::pow(static_cast<double>(std::max<std::int64_t>(hypothesis.steps, 1)), length_penalty);
}

std::vector<Hypothesis> BeamSearch::run(const std::vector<std::vector<std::int32_t>>& given, const Next& next) const {
  const auto wanted = static_cast<std::size_t>(width);
  std::vector<Beam> beams(given.size());
  for (std::size_t s = 0; s < given.size(); ++s) beams[s].live.push_back({s, given[s], 0, 0, false});
  for (std::int64_t step = 0; step < most_steps; ++step) {
    std::vector<const Hypothesis*> rows;
    for (const Beam& beam : beams)
      for (const Hypothesis& hypothesis : beam.live) rows.push_back(&hypothesis);
    if (rows.empty()) break;
    const std::vector<std::vector<double>> log_p = next(rows);
    std::size_t first = 0;
    for (Beam& beam : beams) {
      const std::vector<Candidate> candidates = best_candidates(beam.live, log_p.data() + first, 2 * wanted);  // half of them may be ends
      first += beam.live.size();
      std::vector<Hypothesis> live;
      for (std::size_t c = 0; c < candidates.size() && live.size() < wanted; ++c) {
        Hypothesis grown = longer(beam.live[candidates[c].row], candidates[c]);
        if (candidates[c].id != end) live.push_back(std::move(grown));
        else if (c < wanted) grown.ended = true, beam.ended.push_back(std::move(grown));
      }
      beam.live = beam.ended.size() < wanted ? std::move(live) : std::vector<Hypothesis>{};
    }
  }
  std::vector<Hypothesis> best;
  for (Beam& beam : beams) {
    beam.ended.insert(beam.ended.end(), beam.live.begin(), beam.live.end());
    // The first of equally good ones.
    best.push_back(*std::max_element(beam.ended.begin(), beam.ended.end(), [&](const Hypothesis& a, const Hypothesis& b) { return score(a) < score(b); }));
  }
  return best;
}

}  // namespace teranga::train
