// SPDX-License-Identifier: Apache-2.0
#include "metric_trial.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

constexpr std::int64_t most_sums = std::int64_t{1} << 24;  // 128 MiB for each slice

std::vector<double> rows_of(const std::vector<double>& all, std::int64_t first, std::int64_t count, std::int64_t row) {
  const auto begin = all.begin() + first * row;
  return {begin, begin + count * row};
}

}  // namespace

MetricTrial::MetricTrial(const HeldMetric& metric, const ComparisonShapes& shapes, std::int64_t samples, std::int32_t type) : metric_(metric), shapes_(shapes), samples_(samples), type_(type) {
  static constexpr trg_options none = {sizeof(trg_options), 0, nullptr};
  const CompareRequest request(shapes, samples, type, &none);
  plan_.size = sizeof(plan_);
  planned_ = answer_of("plan", [&](trg_error* error) { return metric.calls().plan(metric.self(), request.native(), &plan_, &handle_, error); });
}

MetricTrial::~MetricTrial() {
  if (!planned_.ok() || !metric_.calls().destroy_plan) return;
  const Call running("destroy_plan");
  metric_.calls().destroy_plan(handle_);
}

std::string MetricTrial::plan_fault() const {
  const auto rank = static_cast<std::int32_t>(shapes_.prediction.size()) + 1;
  if (plan_.sum_count < 1 || plan_.sum_count > most_sums) return fmt::format("sum_count = {}: expected 1 to {}", plan_.sum_count, most_sums);
  if (plan_.leading < 1 || plan_.leading > rank) return fmt::format("leading = {}, where the output has {} axes: expected 1 to {}", plan_.leading, rank, rank);
  if (plan_.direction < -1 || plan_.direction > 1) return fmt::format("direction = {}: expected 1 (larger is better), -1 (smaller is better) or 0", plan_.direction);
  return {};
}

std::int64_t MetricTrial::leading_elements() const noexcept {
  std::int64_t count = samples_;
  for (std::int32_t axis = 1; axis < plan_.leading; ++axis) count *= shapes_.prediction[static_cast<std::size_t>(axis) - 1];
  return count;
}

MetricCall::MetricCall(const MetricTrial& trial, const ComparisonNumbers& numbers, const std::vector<double>& sums, std::int64_t first, Edge edge)
    : trial_(trial),
      prediction_(trial.shapes_.prediction_of(trial.samples_), trial.type_, rows_of(numbers.prediction, first, trial.samples_, count_of(trial.shapes_.prediction)), edge),
      target_(trial.shapes_.target_of(trial.samples_), trial.shapes_.target_type, rows_of(numbers.target, first, trial.samples_, count_of(trial.shapes_.target)), edge),
      weights_({trial.leading_elements()}, TRG_F64, rows_of(numbers.weights, first, trial.samples_, trial.leading_elements() / trial.samples_), edge),
      sums_({trial.plan_.sum_count}, TRG_F64, sums, edge),
      prediction_before_(prediction_.bits()),
      target_before_(target_.bits()),
      weights_before_(weights_.bits()) {
  tensors_[0] = prediction_.native(), tensors_[1] = target_.native();
  call_ = {sizeof(call_), trial.samples_, &tensors_[0], &tensors_[1], static_cast<const double*>(weights_.data()), static_cast<double*>(sums_.data())};
}

Answer MetricCall::run() {
  return answer_of("update", [&](trg_error* error) { return trial_.metric_.calls().update(trial_.handle_, &call_, error); });
}

std::string MetricCall::damage() const {
  if (prediction_.bits() != prediction_before_) return "it changes the predictions";
  if (target_.bits() != target_before_) return "it changes the targets";
  if (weights_.bits() != weights_before_) return "it changes the weights";
  if (sums_.array().damaged()) return "it writes beside the sums";
  if (prediction_.array().damaged() || target_.array().damaged() || weights_.array().damaged()) return "it writes beside an array that it may only read";
  return {};
}

Updated MetricTrial::update(const ComparisonNumbers& numbers, const std::vector<double>& sums, std::int64_t first, Edge edge) const {
  MetricCall call(*this, numbers, sums, first, edge);
  Updated out;
  out.answer = call.run();
  out.damage = call.damage();
  out.sums = call.sums().values(), out.bits = call.sums().bits();
  return out;
}

Answer MetricTrial::value(const std::vector<double>& sums, double& value, std::string& damage) const {
  const TrialTensor held({plan_.sum_count}, TRG_F64, sums);
  const std::vector<std::byte> before = held.bits();
  const Answer answer = answer_of("value", [&](trg_error* error) { return metric_.calls().value(handle_, static_cast<const double*>(held.data()), &value, error); });
  if (held.bits() != before || held.array().damaged()) damage = "it changes the sums, which it may only read";
  return answer;
}

std::vector<ComparisonNumbers> accepted_numbers(const MetricTrial& trial, std::string& why) {
  std::vector<ComparisonNumbers> out;
  for (const auto& [targets, spread] : {std::pair{std::int32_t{TRG_TARGETS_ANY}, 0}, {TRG_TARGETS_ANY, 1}, {TRG_TARGETS_DISTRIBUTION, 0}, {TRG_TARGETS_YES_NO, 0}, {TRG_TARGETS_SIGNS, 1}}) {
    ComparisonNumbers numbers = comparison_numbers(trial.shapes(), trial.samples(), trial.leading_elements(), targets, spread, 31 + static_cast<std::uint64_t>(spread));
    const Updated found = trial.update(numbers, trial.nothing());
    if (!found.answer.ok()) why = fmt::format("update answers {} for {}", found.answer.words(), numbers.words);
    else if (!std::ranges::all_of(found.sums, [](double s) { return std::isfinite(s); })) why = fmt::format("sums that are not finite, for {}", numbers.words);
    else out.push_back(std::move(numbers));
  }
  return out;
}

}  // namespace teranga::conformance
