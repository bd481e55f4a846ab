// SPDX-License-Identifier: Apache-2.0
// Rules of metrics: sums that add up in any cut of the samples, and values of them.
#include <teranga/conformance/rule.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "metric_trial.hpp"
#include "two_threads.hpp"

namespace teranga::conformance {
namespace {

constexpr std::int64_t metric_samples = 7;

struct MetricCase {
  const HeldMetric& metric;
  const MetricTrial& trial;
  std::vector<ComparisonNumbers> numbers;
  std::string options;

  std::string where(const ComparisonNumbers& of) const { return joined({options, trial.words(), of.words}); }
};

std::vector<ComparisonShapes> shapes_of_metric(const Subject& subject, const HeldMetric& metric, std::size_t most, std::string& refusal) {
  std::vector<ComparisonShapes> out;
  for (const ComparisonShapes& shapes : candidate_shapes(true, {""}, subject.level)) {
    if (out.size() >= most) break;
    Call::set_place(shapes.words(metric_samples, TRG_F32));
    const MetricTrial trial(metric, shapes, metric_samples, TRG_F32);
    if (trial.ok()) out.push_back(shapes);
    else if (refusal.empty()) refusal = fmt::format("{} (of {})", trial.planned().words(), trial.words());
  }
  return out;
}

// Runs the body for options and shapes that the metric takes, until it has reported something or time is up. All shapes are for the default options, a few for the others.
void for_each_metric_case(const Subject& subject, Findings& findings, bool report, const std::function<void(const MetricCase&)>& body) {
  const auto& calls = subject.calls<trg_metric_calls>();
  if (!calls.plan || !calls.update || !calls.value) return findings.not_applicable("plan, update or value is null");
  Budget budget(findings);
  std::size_t most = 1000;
  for (const OptionTrial& options : accepted_trials<trg_metric_calls>(subject, findings)) {
    if (budget.spent()) return;
    const HeldMetric metric(subject, options.options);
    std::string refusal;
    const bool usual = most > 3;
    const std::vector<ComparisonShapes> shapes = shapes_of_metric(subject, metric, std::exchange(most, 3), refusal);
    if (shapes.empty() && !usual) continue;  // options that go with other shapes
    if (shapes.empty()) {
      if (!report) return findings.not_applicable(fmt::format("plan refuses all shapes that were tried, with {}", refusal));
      findings.warning(fmt::format("plan refuses all shapes that were tried, with {}", refusal), joined({"plan", options.words}), "plan for an output [N, C] and a target of the same shape or of class numbers [N], if the metric can judge them");
      return;
    }
    for (const ComparisonShapes& one : shapes)
      for (const std::int32_t type : {TRG_F32, TRG_F64}) {
        const MetricTrial trial(metric, one, metric_samples, type);
        const std::string where = joined({options.words, trial.words()});
        Call::set_place(where);
        if (!trial.ok()) continue;
        if (const std::string fault = trial.plan_fault(); !fault.empty()) {
          if (report) findings.error(fault, joined({"plan", where}), "fill trg_metric_plan by what the metric does with these shapes");
          return;
        }
        std::string why;
        const std::vector<ComparisonNumbers> numbers = accepted_numbers(trial, why);
        if (numbers.empty() && report) findings.error(why, joined({"update", where}), "give finite sums for such outputs and targets");
        if (!numbers.empty()) body({metric, trial, numbers, options.words});
        if (findings.errors() > 0) return;
      }
  }
}

// The first place where sums differ by more than rounding; -1: nowhere.
std::ptrdiff_t unequal_sum(const std::vector<double>& a, const std::vector<double>& b, double size, std::int32_t type) {
  const double tolerance = type == TRG_F64 ? 1e-9 : 1e-5;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(std::fabs(a[i] - b[i]) <= tolerance * std::max({std::fabs(a[i]), std::fabs(b[i]), size}))) return static_cast<std::ptrdiff_t>(i);
  return -1;
}

double largest(const std::vector<double>& sums) {
  double size = 1e-9;
  for (const double s : sums) size = std::max(size, std::fabs(s));
  return size;
}

// It adds to what is there, in any cut, and writes nothing else.
void check_sums(const MetricCase& of, Findings& findings) {
  const MetricTrial& trial = of.trial;
  for (const ComparisonNumbers& numbers : of.numbers) {
    const std::string where = joined({"update", of.where(numbers)});
    const Updated whole = trial.update(numbers, trial.nothing()), again = trial.update(numbers, trial.nothing(), 0, Edge::before);
    if (!whole.damage.empty() || !again.damage.empty()) return findings.error(whole.damage.empty() ? again.damage : whole.damage, where, "write sum_count doubles of sums only");
    if (whole.bits != again.bits) return findings.error("two calls with the same arguments give different sums", where, "keep nothing from call to call");
    std::vector<double> start = trial.nothing();
    for (std::size_t i = 0; i < start.size(); ++i) start[i] = 1 + static_cast<double>(i % 5);
    Updated onto = trial.update(numbers, start);
    for (std::size_t i = 0; i < start.size(); ++i) onto.sums[i] -= start[i];
    if (const auto i = unequal_sum(onto.sums, whole.sums, 10, trial.type()); i >= 0)
      return findings.error(fmt::format("sum {} was {} and grew by {:.9g}; it grows by {:.9g} where it was 0", i, start[static_cast<std::size_t>(i)], onto.sums[static_cast<std::size_t>(i)], whole.sums[static_cast<std::size_t>(i)]), where,
                            "add to sums (+=); do not overwrite them, and do not read them otherwise");
    for (const std::int64_t length : {1, 2, 3}) {
      std::vector<double> sums = trial.nothing();
      for (std::int64_t first = 0; first < trial.samples(); first += length) {
        const MetricTrial slice(of.metric, trial.shapes(), std::min(length, trial.samples() - first), trial.type());
        if (!slice.ok() || slice.plan().sum_count != trial.plan().sum_count || slice.plan().leading != trial.plan().leading)
          return findings.error(fmt::format("plan answers otherwise for {} samples than for {}", slice.samples(), trial.samples()), joined({"plan", of.options, slice.words()}), "let sum_count and leading depend on no number of samples");
        const Updated found = slice.update(numbers, sums, first);
        if (!found.answer.ok()) return findings.error(fmt::format("it answers {} for a slice, but takes the whole batch", found.answer.words()), joined({"update", of.options, slice.words(), numbers.words}), "judge samples one by one");
        sums = found.sums;
      }
      if (const auto i = unequal_sum(sums, whole.sums, largest(whole.sums), trial.type()); i >= 0)
        return findings.error(fmt::format("sum {} is {:.9g} after the whole batch, and {:.9g} after slices of {} samples", i, whole.sums[static_cast<std::size_t>(i)], sums[static_cast<std::size_t>(i)], length), where,
                              "keep sums that add up over samples in any cut (a mean is two sums)");
    }
  }
}

// Two slices at the same time, as workers do it.
void check_metric_threads(const MetricCase& of, Findings& findings) {
  constexpr std::int64_t many = 8192;  // so many that the calls overlap
  const MetricTrial trial(of.metric, of.trial.shapes(), many, of.trial.type());
  if (!trial.ok()) return;
  std::deque<MetricCall> alone, together;
  for (std::uint64_t i = 0; i < 2; ++i) {
    const ComparisonNumbers numbers = comparison_numbers(trial.shapes(), many, trial.leading_elements(), TRG_TARGETS_ANY, 0, 200 + i);
    alone.emplace_back(trial, numbers, trial.nothing()), together.emplace_back(trial, numbers, trial.nothing());
    if (!alone.back().run().ok()) return;
  }
  const auto again = [&](std::size_t i) {
    together[i].sums().array().fill(0);
    return together[i].run().ok() && together[i].sums().same_bits(alone[i].sums());
  };
  if (!same_together(again))
    findings.error("two calls at the same time, on two slices, give other sums than each alone", joined({"update", of.options, trial.words(), "2 threads"}), "use no static or shared memory in update; what a call needs lies on its stack");
}

void metric_sums(const Subject& subject, Findings& findings) {
  bool threads = false;
  for_each_metric_case(subject, findings, true, [&](const MetricCase& of) {
    check_sums(of, findings);
    if (findings.errors() == 0 && !threads) check_metric_threads(of, findings);
    threads = true;
  });
}

// Targets as outputs: nothing can be more right.
ComparisonNumbers told_right(const MetricCase& of, ComparisonNumbers numbers) {
  if (of.trial.shapes().prediction == of.trial.shapes().target) numbers.prediction = numbers.target;
  else numbers.prediction.clear();
  return numbers;
}

void check_direction(const MetricCase& of, const ComparisonNumbers& numbers, double usual, Findings& findings) {
  const std::int32_t direction = of.trial.plan().direction;
  const ComparisonNumbers right = told_right(of, numbers);
  const bool sure = std::ranges::all_of(numbers.target, [](double t) { return std::fabs(t) == 1 || t == 0; });  // a soft target may be met best by other outputs
  if (direction == 0 || right.prediction.empty() || !sure) return;
  const Updated found = of.trial.update(right, of.trial.nothing());
  double best = 0;
  std::string damage;
  if (!found.answer.ok() || !of.trial.value(found.sums, best, damage).ok() || !std::isfinite(best)) return;
  if ((best - usual) * direction < -1e-3 * (std::fabs(best) + std::fabs(usual)))
    findings.warning(fmt::format("direction = {} says that {} is better, but outputs that are the targets have the value {:.6g}, and others {:.6g}", direction, direction > 0 ? "larger" : "smaller", best, usual), joined({"plan", of.where(numbers)}),
                     "set direction to 1 where larger is better, to -1 where smaller is better; the best epoch is chosen by it");
}

void check_value(const MetricCase& of, Findings& findings) {
  const MetricTrial& trial = of.trial;
  const auto valued = [&](const std::vector<double>& sums, const std::string& of_what, bool may_be_none) -> double {
    double value = std::nan(""), again = std::nan("");
    std::string damage;
    const Answer answer = trial.value(sums, value, damage);
    const std::string where = joined({"value", of.options, trial.words(), of_what});
    static_cast<void>(trial.value(sums, again, damage));
    if (!answer.ok()) findings.error(fmt::format("it answers {}", answer.words()), where, may_be_none ? "give NaN or a number for sums of zeros: nothing was seen" : "give the value of these sums");
    else if (!damage.empty()) findings.error(damage, where, "compute in variables of your own");
    else if (std::isinf(value) || (std::isnan(value) && !may_be_none)) findings.error(fmt::format("the value is {}", value), where, may_be_none ? "give NaN or a finite number where nothing was seen" : "give a finite number");
    else if (value != again && !(std::isnan(value) && std::isnan(again))) findings.error(fmt::format("two calls with the same sums give {:.17g} and {:.17g}", value, again), where, "let the value depend on the sums alone");
    return value;
  };
  valued(trial.nothing(), "sums of zeros", true);
  for (const ComparisonNumbers& numbers : of.numbers) {
    if (findings.errors() > 0) return;
    const double usual = valued(trial.update(numbers, trial.nothing()).sums, numbers.words, false);
    if (findings.errors() == 0) check_direction(of, numbers, usual, findings);
    ComparisonNumbers masked = numbers;
    std::ranges::fill(masked.weights, 0);
    const Updated none = trial.update(masked, trial.nothing());
    if (findings.errors() == 0 && none.answer.ok()) valued(none.sums, joined({numbers.words, "all weights 0"}), true);
  }
}

void metric_value(const Subject& subject, Findings& findings) {
  for_each_metric_case(subject, findings, false, [&](const MetricCase& of) { check_value(of, findings); });
}

}  // namespace

std::vector<Rule> metric_rules() {
  const std::vector<std::int32_t> metrics = {TRG_METRIC};
  return {{"metric/sums", "sums are added to, and add up over slices in any cut, also at the same time", quick, metrics, metric_sums},
          {"metric/value", "the value of sums is a finite number, of nothing a number or NaN, and its direction is right", quick, metrics, metric_value}};
}

}  // namespace teranga::conformance
