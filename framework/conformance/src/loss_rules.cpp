// SPDX-License-Identifier: Apache-2.0
// Rules of losses: gradients by differences, what evaluate overwrites and what it leaves alone, denominators, and slices.
#include <teranga/conformance/rule.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include "difference.hpp"
#include "loss_case.hpp"
#include "two_threads.hpp"

namespace teranga::conformance {
namespace {

bool offers_f64(const HeldLoss& loss, const ComparisonShapes& shapes) { return LossTrial(loss, shapes, loss_samples, TRG_F64).ok(); }

// The derivative of the weighted loss by each element of the prediction, as differences give it.
void check_gradient(const LossCase& of, Findings& findings) {
  if (of.trial.plan().surrogate || (of.trial.type() == TRG_F32 && offers_f64(of.loss, of.trial.shapes()))) return;
  for (const ComparisonNumbers& numbers : of.numbers) {
    LossCall moved(of.trial, numbers, 0, {.gradient = false});
    const std::vector<double> gradient = of.trial.evaluate(numbers).gradient;
    const GradientFault fault = wrong_gradient(numbers.prediction, gradient, of.trial.type(), [&](const std::vector<double>& x) {
      moved.set_prediction(x);
      double sum = moved.run().ok() ? 0 : std::nan("");
      for (std::size_t i = 0; i < numbers.weights.size(); ++i) sum += numbers.weights[i] * moved.values().get(static_cast<std::int64_t>(i));
      return sum;
    });
    if (!fault.found) continue;
    const std::int64_t per_weight = static_cast<std::int64_t>(gradient.size()) / of.trial.leading_elements();
    const double weight = numbers.weights[static_cast<std::size_t>(fault.index / per_weight)];
    const bool unweighted = std::fabs(fault.given * weight - fault.difference) <= 1e-3 * std::fabs(fault.difference) && std::fabs(fault.difference) > 1e-6;
    return findings.error(fmt::format("d_prediction{} is {:.6g}, the derivative by differences is {:.6g}", place_words(of.trial.shapes().prediction_of(of.trial.samples()), fault.index), fault.given, fault.difference),
                          joined({"evaluate", of.where(numbers)}),
                          unweighted ? "multiply the gradient of each leading element by its weight" : "write weights[i] x the derivative of values[i] by the prediction; of a stand-in on purpose, set surrogate = 1 in plan");
  }
}

void loss_gradient(const Subject& subject, Findings& findings) {
  for_each_case(subject, findings, {TRG_F64, TRG_F32}, [&](const LossCase& of) { check_gradient(of, findings); });
}

// --- loss/values

// What plan and the numbers of targets must be, before anything is evaluated.
bool plans_sanely(const Subject& subject, Findings& findings, const OptionTrial& options, std::size_t most) {
  const HeldLoss loss(subject, options.options);
  const std::int32_t targets = target_count(loss);
  if (targets != 0 && targets != 1) return findings.error(fmt::format("it compares with {} targets: expected 0 or 1", targets), joined({"target_count", options.words}), "give 1, or 0 for a loss of the prediction alone"), false;
  std::string refusal;
  const std::vector<ComparisonShapes> accepted = accepted_shapes(subject, loss, most, refusal);
  if (accepted.empty() && most <= 3) return true;  // options that go with other shapes
  if (accepted.empty()) {
    findings.warning(fmt::format("plan refuses all shapes that were tried, with {}", refusal), joined({"plan", options.words}), "plan for an output [N, C] and a target of the same shape or of class numbers [N], if the loss can judge them");
    return false;
  }
  for (const ComparisonShapes& shapes : accepted) {
    const LossTrial trial(loss, shapes, loss_samples, TRG_F32);
    const std::string where = joined({"plan", options.words, trial.words()}), fault = trial.plan_fault();
    if (!fault.empty()) return findings.error(fault, where, "fill trg_loss_plan by what the loss does with these shapes"), false;
    if (trial.plan().targets == TRG_TARGETS_CLASSES && shapes.has_target && !shapes.prediction.empty() && shapes.prediction.back() > 1 && shapes.target == shapes.prediction)
      findings.warning_once("plan says that targets are class numbers (TRG_TARGETS_CLASSES), but takes one for each number of the output: expected one for each row of it", where,
                       "say which numbers it judges: TRG_TARGETS_SHARES for 0 to 1, TRG_TARGETS_DISTRIBUTION for one-hot rows; or refuse targets of the output's shape");
    const LossNumbers numbers = finite_numbers(trial);
    if (numbers.finite.empty()) return findings.error(numbers.why, joined({"evaluate", options.words, trial.words()}), "give finite losses and gradients for such outputs, or say in the plan which targets the loss judges"), false;
  }
  return true;
}

// The largest difference, against the size of the numbers.
double apart(const std::vector<double>& a, const std::vector<double>& b, double size = 1e-6) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::fabs(a[i] - b[i])), size = std::max({size, std::fabs(a[i]), std::fabs(b[i])});
  return worst / size;
}

double tolerance_of(std::int32_t type) noexcept { return type == TRG_F64 ? 1e-9 : 1e-4; }

// The first of the values that a call left as they were; -1: it wrote all.
std::int64_t first_unwritten(const Evaluated& first, const Evaluated& second, unsigned char before, unsigned char again) {
  const auto still = [](const std::vector<std::byte>& bits, std::size_t i, unsigned char pattern) { return std::all_of(&bits[8 * i], &bits[8 * i] + 8, [&](std::byte b) { return b == std::byte{pattern}; }); };
  for (std::size_t i = 0; i < first.values.size(); ++i)
    if (still(first.value_bits, i, before) && still(second.value_bits, i, again)) return static_cast<std::int64_t>(i);
  return -1;
}

void check_values(const LossCase& of, Findings& findings) {
  const LossTrial& trial = of.trial;
  for (const ComparisonNumbers& numbers : of.numbers) {
    const std::string where = joined({"evaluate", of.where(numbers)});
    const Evaluated first = trial.evaluate(numbers), second = trial.evaluate(numbers, 0, {.before = 0x5A}), front = trial.evaluate(numbers, 0, {.edge = Edge::before});
    if (!first.damage.empty() || !front.damage.empty()) return findings.error(first.damage.empty() ? front.damage : first.damage, where, "write the samples() x ... elements of values and d_predictions only");
    if (const std::int64_t at = first_unwritten(first, second, 0xA5, 0x5A); at >= 0)
      return findings.error(fmt::format("values[{}] was not written: the plan says leading = {}, which makes {} values of an output {}", at, trial.plan().leading, first.values.size(), to_words(trial.shapes().prediction_of(trial.samples()))), where,
                            "write a value for each leading element; if there are fewer, leading of the plan is too large");
    if (first.value_bits != second.value_bits) return findings.error("values depend on what lay in them before, or two calls with the same arguments differ", where, "overwrite all elements of values, and keep nothing from call to call");
    if (first.gradient_bits != second.gradient_bits) return findings.error("d_predictions depend on what lay in them before, or two calls with the same arguments differ", where, "overwrite all elements of d_predictions; do not add to them");
    const Evaluated alone = trial.evaluate(numbers, 0, {.gradient = false});
    if (!alone.answer.ok()) return findings.error(fmt::format("it answers {} where d_predictions are not wanted (null data)", alone.answer.words()), where, "compute the values alone where d_predictions[0].data is null");
    if (apart(first.values, alone.values) > tolerance_of(trial.type())) return findings.error("values are others where d_predictions are not wanted (null data)", where, "compute the same values with and without the gradient");
    ComparisonNumbers other = numbers;
    std::ranges::fill(other.weights, 0);
    const Evaluated nothing = trial.evaluate(other);
    if (apart(first.values, nothing.values) > tolerance_of(trial.type())) return findings.error("values change with the weights", where, "give the loss without its weight; the host multiplies it");
    const auto not_zero = std::ranges::find_if(nothing.gradient, [](double g) { return g != 0; });
    if (not_zero != nothing.gradient.end())
      return findings.error(fmt::format("d_prediction{} is {:.6g} where all weights are 0", place_words(trial.shapes().prediction_of(trial.samples()), not_zero - nothing.gradient.begin()), *not_zero), where,
                            "multiply the gradient of each leading element by its weight");
  }
}

// Both types give the same losses.
void check_types(const LossCase& of, Findings& findings) {
  const LossTrial other(of.loss, of.trial.shapes(), of.trial.samples(), TRG_F64);
  if (of.trial.type() != TRG_F32 || !other.ok()) return;
  for (const ComparisonNumbers& numbers : of.numbers) {
    if (!numbers.within_one) continue;  // elsewhere a loss may clip its arguments at the type's own numbers
    const Evaluated f32 = of.trial.evaluate(numbers), f64 = other.evaluate(numbers);
    if (f64.answer.ok() && apart(f32.values, f64.values, 1e-2) > 1e-3) return findings.error("f32 and f64 give different losses", joined({"evaluate", of.where(numbers)}), "read the predictions in the type that the plan was asked for");
  }
}

void loss_values(const Subject& subject, Findings& findings) {
  if (!subject.calls<trg_loss_calls>().plan || !subject.calls<trg_loss_calls>().evaluate) return findings.not_applicable("plan or evaluate is null");
  std::size_t most = 100;
  for (const OptionTrial& options : accepted_trials<trg_loss_calls>(subject, findings))
    if (!plans_sanely(subject, findings, options, std::exchange(most, 3))) return;
  for_each_case(subject, findings, {TRG_F32, TRG_F64}, [&](const LossCase& of) {
    check_values(of, findings);
    if (findings.errors() == 0) check_types(of, findings);
  });
}

// --- loss/denominator

// Without a mask, with all, with some, with none.
std::vector<std::vector<double>> masks(std::int64_t elements) {
  std::vector<std::vector<double>> out(3, std::vector<double>(static_cast<std::size_t>(elements), 1.0));
  for (std::size_t i = 0; i < out[1].size(); ++i) out[1][i] = i % 3 == 1 ? 0 : 1;
  std::ranges::fill(out[2], 0);
  return out;
}

void check_denominator(const LossCase& of, Findings& findings) {
  const ComparisonNumbers& numbers = of.numbers.front();
  const std::string where = joined({"denominator", of.where(numbers)});
  const auto sum_of = [&](const LossTrial& trial, const std::vector<double>* mask, std::int64_t first, double& sum) {
    sum = std::nan("");
    const Answer answer = trial.denominator(numbers, mask, first, sum);
    if (!answer.ok()) findings.error(fmt::format("it answers {}", answer.words()), where, "count by the targets and the mask alone; predictions are not given to it");
    else if (!std::isfinite(sum) || sum < 0) findings.error(fmt::format("it gives {}: expected a finite number that is not negative", sum), where, "write *sum, the slice's part of what the loss is divided by");
    return findings.errors() == 0;
  };
  const LossTrial one(of.loss, of.trial.shapes(), 1, of.trial.type());
  const std::vector<std::vector<double>> all_masks = masks(of.trial.leading_elements());
  for (int m = -1; m < 3; ++m) {
    const std::vector<double>* const mask = m < 0 ? nullptr : &all_masks[static_cast<std::size_t>(m)];
    double whole = 0, parts = 0, part = 0, again = 0;
    if (!sum_of(of.trial, mask, 0, whole) || !sum_of(of.trial, mask, 0, again)) return;
    if (whole != again) return findings.error(fmt::format("two calls with the same arguments give {} and {}", whole, again), where, "keep nothing from call to call");
    for (std::int64_t row = 0; one.ok() && row < of.trial.samples(); ++row) {
      if (!sum_of(one, mask, row, part)) return;
      parts += part;
    }
    if (one.ok() && std::fabs(parts - whole) > 1e-9 * std::max(1.0, whole))
      return findings.error(fmt::format("the whole batch gives {:.9g}, its samples one by one add up to {:.9g}", whole, parts), where, "give a sum over the slice, not a mean; the host adds slices and ranks");
    if (!of.trial.plan().plain_count) continue;
    double expected = mask ? 0 : static_cast<double>(of.trial.leading_elements());
    for (std::size_t i = 0; mask && i < mask->size(); ++i) expected += (*mask)[i];
    if (whole != expected) return findings.error(fmt::format("plan says plain_count = 1, but {} elements that are not masked give {}", expected, whole), where, "leave plain_count 0 where the denominator is more than a count");
  }
}

// A denominator that the mask does not change, or that is 0 where there is something to learn.
void check_meaning(const LossCase& of, Findings& findings) {
  const ComparisonNumbers& numbers = of.numbers.front();
  const std::string where = joined({"denominator", of.where(numbers)});
  const std::vector<double> none(static_cast<std::size_t>(of.trial.leading_elements()), 0.0);
  const auto sum_of = [&](const ComparisonNumbers& with, const std::vector<double>* mask) {
    double sum = 0;
    return of.trial.denominator(with, mask, 0, sum).ok() ? sum : std::nan("");
  };
  const double whole = sum_of(numbers, nullptr), masked = sum_of(numbers, &none);
  const auto learns = [&](const ComparisonNumbers& with) {
    const Evaluated found = of.trial.evaluate(with);
    return found.answer.ok() && std::ranges::any_of(found.values, [](double x) { return x != 0; });
  };
  constexpr const char* mend = "count what the loss is a mean of, and give 1 where the count is 0: a host takes a sum of 0 for a batch without a loss, and trains nothing of it";
  if (whole == 0 && learns(numbers)) return findings.warning_once("it gives 0 where nothing is masked, though values are not 0: the batch would have the loss 0", where, mend);
  if (whole > 0 && masked == whole)
    findings.warning_once("it gives as much where all is masked as where nothing is: masked elements count in the mean", joined({where, fmt::format("sum {}", whole)}), "add an element only where weights are null or weights[i] is not 0");
  if (!of.trial.shapes().has_target || of.trial.plan().targets == TRG_TARGETS_CLASSES || of.trial.plan().targets == TRG_TARGETS_DISTRIBUTION) return;
  ComparisonNumbers nothing = numbers;
  std::ranges::fill(nothing.target, 0);
  if (sum_of(nothing, nullptr) == 0 && learns(nothing)) findings.warning_once("it gives 0 where all targets are 0, though values are not 0: such a batch would have the loss 0", joined({"denominator", of.options, of.trial.words(), "targets 0"}), mend);
}

void loss_denominator(const Subject& subject, Findings& findings) {
  if (!has_call(subject.calls<trg_loss_calls>(), &trg_loss_calls::denominator)) return findings.not_applicable("the host counts for it");
  for_each_case(subject, findings, {TRG_F32}, [&](const LossCase& of) {
    check_denominator(of, findings);
    if (findings.errors() == 0) check_meaning(of, findings);
  });
}

// --- loss/slices

void check_slices(const LossCase& of, Findings& findings) {
  const LossTrial& whole = of.trial;
  for (const ComparisonNumbers& numbers : of.numbers) {
    const Evaluated expected = whole.evaluate(numbers);
    for (const std::int64_t length : {1, 2, 3}) {
      std::vector<double> values, gradient;
      for (std::int64_t first = 0; first < whole.samples(); first += length) {
        const LossTrial slice(of.loss, whole.shapes(), std::min(length, whole.samples() - first), whole.type());
        const std::string where = joined({"evaluate", of.options, slice.words(), numbers.words});
        Call::set_place(where);
        if (!slice.ok()) return findings.error(fmt::format("plan answers {} for {} samples, which it takes {} of", slice.planned().words(), slice.samples(), whole.samples()), joined({"plan", of.options, slice.words()}), "plan for any number of samples");
        const Evaluated found = slice.evaluate(numbers, first);
        if (!found.answer.ok()) return findings.error(fmt::format("it answers {} for a slice, but takes the whole batch", found.answer.words()), where, "judge samples one by one");
        if (!found.damage.empty()) return findings.error(found.damage, where, "write the elements of its slice only");
        values.insert(values.end(), found.values.begin(), found.values.end());
        gradient.insert(gradient.end(), found.gradient.begin(), found.gradient.end());
      }
      const bool same_values = apart(values, expected.values) <= tolerance_of(whole.type()), same_gradient = apart(gradient, expected.gradient) <= tolerance_of(whole.type());
      if (!same_values || !same_gradient)
        return findings.error(fmt::format("{} of slices of {} samples are not those of the whole batch", same_values ? "gradients" : "values", length), joined({"evaluate", of.where(numbers)}),
                              "let the loss of a sample depend on that sample alone; what needs sums over the batch belongs into a layer with reductions");
    }
  }
}

// Two slices at the same time, as workers do it, give what each gives alone.
void check_threads(const LossCase& of, Findings& findings) {
  constexpr std::int64_t many = 8192;  // so many that the calls overlap
  const LossTrial trial(of.loss, of.trial.shapes(), many, of.trial.type());
  if (!trial.ok() || of.trial.type() != TRG_F32) return;
  std::deque<LossCall> alone, together;
  for (std::uint64_t i = 0; i < 2; ++i) {
    const ComparisonNumbers numbers = comparison_numbers(trial.shapes(), many, trial.leading_elements(), trial.plan().targets, 0, 100 + i);
    alone.emplace_back(trial, numbers), together.emplace_back(trial, numbers);
    if (!alone.back().run().ok()) return;
  }
  if (!same_together([&](std::size_t i) { return together[i].run().ok() && together[i].same_results(alone[i]); }))
    findings.error("two calls at the same time, on two slices, give other bits than each alone", joined({"evaluate", of.options, trial.words(), "2 threads"}), "use no static or shared memory in evaluate; what a call needs lies on its stack");
}

void loss_slices(const Subject& subject, Findings& findings) {
  bool threads = false;
  for_each_case(subject, findings, {TRG_F32, TRG_F64}, [&](const LossCase& of) {
    check_slices(of, findings);
    if (findings.errors() == 0 && !threads) check_threads(of, findings);
    threads = true;
  });
}

}  // namespace

std::vector<Rule> loss_rules() {
  const std::vector<std::int32_t> losses = {TRG_LOSS};
  return {{"loss/values", "plan is sane; losses are finite, overwritten and without weights, with and without a gradient", quick, losses, loss_values},
          {"loss/gradient", "the gradient is the derivative of the loss, by differences", quick, losses, loss_gradient},
          {"loss/denominator", "what the loss is divided by adds up over slices", quick, losses, loss_denominator},
          {"loss/edges", "predictions of exactly 0 and 1, or equal to the target, have finite losses and gradients", quick, losses, loss_edges},
          {"loss/nan", "a prediction that is NaN makes the loss NaN, so that a training that diverges is seen", quick, losses, loss_nan},
          {"loss/slices", "slices give what the whole batch gives, also at the same time", quick, losses, loss_slices}};
}

}  // namespace teranga::conformance
