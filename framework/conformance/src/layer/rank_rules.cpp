// SPDX-License-Identifier: Apache-2.0
// A layer on two ranks, each of which has some samples of the batch: what becomes of its shared states.
#include "layer/rules.hpp"
#include "layer/trials.hpp"

#include <set>

namespace teranga::conformance::layer {
namespace {

Array rows_of(const Array& whole, std::int64_t first, std::int64_t rows) {
  if (whole.shape.empty()) return whole;
  Array part = whole;
  const auto row = static_cast<std::int64_t>(whole.values.size()) / whole.shape[0];
  part.shape[0] = rows;
  part.values.assign(whole.values.begin() + first * row, whole.values.begin() + (first + rows) * row);
  return part;
}

// The case as a rank has it that has these samples only.
LayerCase rank_of(const LayerCase& whole, const std::vector<Declared>& states, const std::vector<bool>& by_row, std::int64_t first, std::int64_t rows) {
  LayerCase rank = whole;
  for (Array& input : rank.inputs) input = rows_of(input, first, rows);
  for (Array& mask : rank.masks) mask = rows_of(mask, first, rows);
  for (std::size_t s = 0; s < states.size() && s < rank.states.size(); ++s)
    if (by_row[s]) rank.states[s] = rows_of(rank.states[s], first, rows);
  rank.first_row_key += static_cast<std::uint64_t>(first);
  return rank;
}

// The states of both ranks after one step. Sums that are synchronised become known pass by pass: each turn runs forward again with those of one pass more.
std::pair<std::vector<Array>, std::vector<Array>> states_of_ranks(const LayerCase& first, const LayerCase& second, std::int32_t type) {
  RunSettings settings{.type = type};
  for (;;) {
    LayerRun one(first, settings), other(second, settings);
    one.forward(), other.forward();
    const std::size_t known = settings.global_sums.size();
    if (known == one.forward_sums().size()) {
      one.update_state(), other.update_state();
      return {one.result().states, other.result().states};
    }
    std::vector<double> total = one.forward_sums()[known];
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += other.forward_sums().at(known).at(i);
    settings.global_sums.push_back(std::move(total));
  }
}

}  // namespace

void state_merge(const Subject& subject, Findings& findings) {
  bool any = false;
  std::set<std::string> noted;
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    const std::int64_t samples = trial.layer.samples(), most = samples - 1;
    if (!trial.layer.calls->update_state || most < 1) return;
    LivingLayer living(*trial.layer.calls, trial.layer.options);
    const LayerPlan plan(living.calls, living.handle, trial.layer, {trial.type, samples, TRG_SLICE, 1});
    std::vector<bool> by_row;
    for (const PlannedState& state : plan.states) by_row.push_back(state.kind == TRG_ROW);
    const std::vector<Declared> facts(plan.states.begin(), plan.states.end());

    LayerCase whole = trial.layer;  // in its second step, as states begin with zeros
    whole.states = run(whole, {.type = trial.type}).states;
    const std::vector<Array> alone = run(whole, {.type = trial.type}).states;
    const auto [first, second] = states_of_ranks(rank_of(whole, facts, by_row, 0, most), rank_of(whole, facts, by_row, most, samples - most), trial.type);
    for (std::size_t s = 0; s < plan.states.size(); ++s) {
      const PlannedState& state = plan.states[s];
      if (state.kind != TRG_SHARED) continue;
      any = true;
      if (state.merge == TRG_MERGE_SAME) {
        if (const auto texts = differences(second[s], first[s], {0, 0}); !texts.empty())
          return findings.error(fmt::format("state \"{}\" is declared with TRG_MERGE_SAME, but two ranks make other values of it: {}", state.name, texts[0]), trial.words,
                                "Make it of global_sums, and ask for passes that are synchronised (planner->passes with TRG_SYNCHRONISED; in C++ passes(TRG_FORWARD, {...}, true)), or declare TRG_MERGE_MEAN, which weighs the values of the ranks by their samples.");
      } else if (state.merge == TRG_MERGE_MEAN) {
        Array mean = first[s];
        for (std::size_t i = 0; i < mean.values.size(); ++i) mean.values[i] = (static_cast<double>(most) * mean.values[i] + static_cast<double>(samples - most) * second[s].values[i]) / static_cast<double>(samples);
        if (const auto texts = differences(mean, alone[s], {1e-4, 1e-6}); !texts.empty() && noted.insert(state.name).second)
          findings.note(fmt::format("state \"{}\" depends on the number of ranks: the mean of two ranks (TRG_MERGE_MEAN, by their samples) is not what one rank makes of the whole batch: {}", state.name, texts[0]), trial.words,
                        "Make it of global_sums of passes that are synchronised, with TRG_MERGE_SAME, if it must not.");
      } else if (state.merge == TRG_MERGE_SUM) {
        Array sum = first[s];
        for (std::size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += second[s].values[i];
        if (const auto texts = differences(sum, alone[s], {1e-4, 1e-6}); !texts.empty())
          return findings.error(fmt::format("state \"{}\" is declared with TRG_MERGE_SUM, but the sum of two ranks is not what one rank makes of the whole batch: {}", state.name, texts[0]), trial.words,
                                "TRG_MERGE_SUM adds up whole states, with what they held before the step. Make the state anew in each step, or declare another merge.");
      }
    }
  });
  if (!any && findings.inapplicable().empty()) findings.not_applicable("it has no shared states that a step changes");
}

}  // namespace teranga::conformance::layer
