// SPDX-License-Identifier: Apache-2.0
// The rules loss/edges and loss/nan: what a sigmoid or a softmax gives in f32 at its ends (0 and 1), predictions that are the target, and predictions that are no numbers.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "loss_case.hpp"

namespace teranga::conformance {
namespace {

bool is_number(double x) { return std::isfinite(x); }

const char* words_of_number(double no_number) { return std::isnan(no_number) ? "NaN" : no_number > 0 ? "infinity" : "-infinity"; }

std::int64_t last_of(const Extents& shape) { return shape.empty() ? 1 : shape.back(); }

// A class number of a row of the output, where the targets are such.
bool compares_classes(const LossTrial& trial) { return trial.plan().targets == TRG_TARGETS_CLASSES || trial.shapes().target.size() < trial.shapes().prediction.size() || last_of(trial.shapes().target) < last_of(trial.shapes().prediction); }

// Outputs are shares that add up to 1, or may be: no row of them is all 0.
bool has_rows_of_one(const LossTrial& trial) {
  const std::int32_t targets = trial.plan().targets;
  return targets == TRG_TARGETS_DISTRIBUTION || targets == TRG_TARGETS_CLASSES || targets == TRG_TARGETS_ANY || targets == TRG_TARGETS_COUNTS;
}

// Whether predictions of 0 and 1 are in what the loss is made for, by its plan.
bool compares_probabilities(const LossTrial& trial) {
  const std::int32_t targets = trial.plan().targets;
  return targets == TRG_TARGETS_CLASSES || targets == TRG_TARGETS_SHARES || targets == TRG_TARGETS_DISTRIBUTION || targets == TRG_TARGETS_YES_NO;
}

// `numbers` with predictions of exactly 0 and 1, one of each row at least where rows are classes.
ComparisonNumbers at_ends(const LossCase& of, const ComparisonNumbers& numbers, std::uint64_t key) {
  ComparisonNumbers out = numbers;
  const std::int64_t row = last_of(of.trial.shapes().prediction);
  for (std::size_t i = 0; i < out.prediction.size(); ++i) out.prediction[i] = draw(key, i) < 0.5 ? 0 : 1;
  const std::int32_t targets = of.trial.plan().targets;
  const bool of_classes = has_rows_of_one(of.trial) && (row > 1 || targets == TRG_TARGETS_DISTRIBUTION || targets == TRG_TARGETS_CLASSES);
  for (std::size_t first = 0; of_classes && first < out.prediction.size(); first += static_cast<std::size_t>(row)) {
    const auto one = static_cast<std::int64_t>(draw(key + 1, first) * static_cast<double>(row));
    for (std::int64_t k = 0; k < row; ++k) out.prediction[first + static_cast<std::size_t>(k)] = k == one ? 1 : 0;
  }
  out.words = "outputs of exactly 0 and 1";
  return out;
}

// The same for targets of one number each, of a loss that takes 0 and 1.
bool takes_ends(const LossTrial& trial) {
  const std::int32_t targets = trial.plan().targets;
  return trial.shapes().has_target && !compares_classes(trial) && trial.shapes().target == trial.shapes().prediction &&
         (targets == TRG_TARGETS_ANY || targets == TRG_TARGETS_SHARES || targets == TRG_TARGETS_YES_NO || targets == TRG_TARGETS_COUNTS);
}

std::vector<ComparisonNumbers> edges_of(const LossCase& of) {
  std::vector<ComparisonNumbers> all;
  const ComparisonNumbers& usual = of.numbers.front();
  all.push_back(at_ends(of, usual, 301));
  if (of.trial.shapes().has_target) all.back().words += ", targets as usual";
  const bool pairs = of.trial.shapes().has_target && of.trial.shapes().target == of.trial.shapes().prediction && !compares_classes(of.trial);
  if (pairs) {
    all.push_back(usual);
    all.back().prediction = usual.target, all.back().words = "outputs that are the targets";
  }
  if (!takes_ends(of.trial)) return all;
  all.push_back(at_ends(of, usual, 302));
  for (std::size_t i = 0; i < all.back().target.size(); ++i) all.back().target[i] = draw(303, i) < 0.5 ? 0 : 1;
  all.back().words += ", targets 0 and 1";
  ComparisonNumbers same = all.back();
  same.target = same.prediction, same.words = "outputs of exactly 0 and 1 that are the targets";
  all.push_back(same);
  if (has_rows_of_one(of.trial)) return all;
  for (const double end : {0.0, 1.0}) {
    std::ranges::fill(same.prediction, end), std::ranges::fill(same.target, end);
    same.words = fmt::format("outputs and targets that are all {}", end);
    all.push_back(same);
    std::ranges::fill(same.target, 1 - end);
    same.words = fmt::format("outputs that are all {}, and targets that are all {}", end, 1 - end);
    all.push_back(same);
  }
  return all;
}

void check_edges(const LossCase& of, Findings& findings) {
  for (const ComparisonNumbers& numbers : edges_of(of)) {
    const std::string where = joined({"evaluate", of.where(numbers)});
    Call::set_place(where);
    const Evaluated found = of.trial.evaluate(numbers);
    if (!found.answer.ok()) continue;  // numbers that it refuses in words
    const auto value = std::ranges::find_if_not(found.values, is_number), slope = std::ranges::find_if_not(found.gradient, is_number);
    if (value == found.values.end() && slope == found.gradient.end()) continue;
    const std::string text = value != found.values.end() ? fmt::format("values[{}] is {}", value - found.values.begin(), words_of_number(*value))
                                                         : fmt::format("d_prediction{} is {}", place_words(of.trial.shapes().prediction_of(of.trial.samples()), slope - found.gradient.begin()), words_of_number(*slope));
    constexpr const char* mend = "a sigmoid or a softmax gives exactly 0 and 1 in f32: clip the prediction to [1e-7, 1 - 1e-7], add 1e-7 to what is divided by, and keep powers of 0 away from exponents below 0";
    if (compares_probabilities(of.trial)) return findings.error(fmt::format("{}: expected a finite number", text), where, mend);
    return findings.warning_once("a value or a gradient is not finite where outputs are exactly 0 or 1, or the targets", joined({where, text}), mend);
  }
}

// A prediction that a value depends on: where it is NaN, so is the value.
void check_nan(const LossCase& of, Findings& findings) {
  const ComparisonNumbers& usual = of.numbers.front();
  const Evaluated before = of.trial.evaluate(usual);
  const std::int64_t elements = of.trial.leading_elements(), row = static_cast<std::int64_t>(usual.prediction.size()) / elements;
  for (std::int64_t column = 0; column < std::min<std::int64_t>(row, 4); ++column) {
    ComparisonNumbers moved = usual, none = usual;
    for (std::int64_t i = 0; i < elements; ++i) {
      double& x = moved.prediction[static_cast<std::size_t>(i * row + column)];
      x = x < 0.5 ? x + 0.25 : x - 0.25;
      none.prediction[static_cast<std::size_t>(i * row + column)] = std::nan("");
    }
    Call::set_place(joined({"evaluate", of.where(usual), "a prediction that is NaN"}));
    const Evaluated other = of.trial.evaluate(moved), found = of.trial.evaluate(none);
    if (!other.answer.ok() || !found.answer.ok()) continue;  // refused in words
    for (std::size_t i = 0; i < found.values.size(); ++i) {
      if (other.values[i] == before.values[i] || !is_number(found.values[i])) continue;
      return findings.error(fmt::format("values[{}] is {:.6g} where prediction {} of it is NaN: a training that diverges would not be seen", i, found.values[i], column), Call::place(),
                            "let NaN through: std::max(0.0, x) gives 0 for it, std::max(x, 0.0) NaN");
    }
  }
}

}  // namespace

void loss_edges(const Subject& subject, Findings& findings) {
  for_each_case(subject, findings, {TRG_F32, TRG_F64}, [&](const LossCase& of) { check_edges(of, findings); });
}

void loss_nan(const Subject& subject, Findings& findings) {
  for_each_case(subject, findings, {TRG_F32, TRG_F64}, [&](const LossCase& of) { check_nan(of, findings); });
}

}  // namespace teranga::conformance
