// SPDX-License-Identifier: Apache-2.0
#include "loss_trial.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

std::vector<double> part_of(const std::vector<double>& all, std::int64_t first, std::int64_t count, std::int64_t row) {
  const auto begin = all.begin() + first * row;
  return {begin, begin + count * row};
}

// Zeros where there is no target.
std::vector<double> targets_of(const ComparisonShapes& shapes, std::int64_t samples, const ComparisonNumbers& numbers, std::int64_t first) {
  if (shapes.has_target) return part_of(numbers.target, first, samples, count_of(shapes.target));
  return std::vector<double>(static_cast<std::size_t>(count_of(shapes.target_of(samples))));
}


const trg_options* no_options() noexcept {
  static constexpr trg_options none = {sizeof(trg_options), 0, nullptr};
  return &none;
}

}  // namespace

LossTrial::LossTrial(const HeldLoss& loss, const ComparisonShapes& shapes, std::int64_t samples, std::int32_t type) : loss_(loss), shapes_(shapes), samples_(samples), type_(type) {
  const CompareRequest request(shapes, samples, type, no_options());
  plan_.size = sizeof(plan_);
  planned_ = answer_of("plan", [&](trg_error* error) { return loss.calls().plan(loss.self(), request.native(), &plan_, &handle_, error); });
}

LossTrial::~LossTrial() {
  if (!planned_.ok() || !loss_.calls().destroy_plan) return;
  const Call running("destroy_plan");
  loss_.calls().destroy_plan(handle_);
}

std::string LossTrial::plan_fault() const {
  const auto rank = static_cast<std::int32_t>(shapes_.prediction.size()) + 1;
  if (plan_.leading < 1 || plan_.leading > rank) return fmt::format("leading = {}, where the output has {} axes: expected 1 to {}", plan_.leading, rank, rank);
  if (plan_.targets < TRG_TARGETS_ANY || plan_.targets > TRG_TARGETS_COUNTS) return fmt::format("targets = {}, which is none of enum trg_targets", plan_.targets);
  if (plan_.absorbs && shapes_.producer.empty()) return "absorbs = 1, where the output is not made by an activation";
  for (const auto& [name, flag] : {std::pair{"absorbs", plan_.absorbs}, {"surrogate", plan_.surrogate}, {"plain_count", plan_.plain_count}, {"ignores", plan_.ignores}})
    if (flag != 0 && flag != 1) return fmt::format("{} = {}: expected 0 or 1", name, flag);
  return {};
}

std::int64_t LossTrial::leading_elements() const noexcept {
  std::int64_t count = samples_;
  for (std::int32_t axis = 1; axis < plan_.leading; ++axis) count *= shapes_.prediction[static_cast<std::size_t>(axis) - 1];
  return count;
}

LossCall::LossCall(const LossTrial& trial, const ComparisonNumbers& numbers, std::int64_t first, const EvaluateHow& how)
    : trial_(trial),
      prediction_(trial.shapes_.prediction_of(trial.samples_), trial.type_, part_of(numbers.prediction, first, trial.samples_, count_of(trial.shapes_.prediction)), how.edge),
      target_(trial.shapes_.target_of(trial.samples_), trial.shapes_.target_type, targets_of(trial.shapes_, trial.samples_, numbers, first), how.edge),
      weights_({trial.leading_elements()}, TRG_F64, part_of(numbers.weights, first, trial.samples_, trial.leading_elements() / trial.samples_), how.edge),
      gradient_(prediction_.shape(), trial.type_, how.edge),
      values_(weights_.shape(), TRG_F64, how.edge),
      prediction_before_(prediction_.bits()),
      target_before_(target_.bits()),
      weights_before_(weights_.bits()) {
  gradient_.array().fill(how.before), values_.array().fill(how.before);
  tensors_[0] = prediction_.native(), tensors_[1] = target_.native(), tensors_[2] = gradient_.native(how.gradient);
  call_.size = sizeof(call_), call_.rows = trial.samples_;
  call_.predictions = &tensors_[0], call_.targets = trial.shapes_.has_target ? &tensors_[1] : nullptr, call_.d_predictions = &tensors_[2];
  call_.weights = static_cast<const double*>(weights_.data()), call_.values = static_cast<double*>(values_.data());
  name_arrays();
}

// For a crash in evaluate.
void LossCall::name_arrays() {
  constexpr const char *reads = "read and write samples() x the shapes of predictions and targets, in their types", *leads = "values and weights have a number for each leading element: is leading of the plan too small?";
  const std::int64_t elements = trial_.leading_elements();
  prediction_.array().name(fmt::format("predictions[0] ({})", to_words(prediction_.shape(), trial_.type_)), reads);
  target_.array().name(fmt::format("targets[0] ({})", to_words(target_.shape(), target_.type())), reads);
  gradient_.array().name(fmt::format("d_predictions[0] ({})", to_words(gradient_.shape(), trial_.type_)), reads);
  weights_.array().name(fmt::format("weights ({} numbers: leading = {})", elements, trial_.plan_.leading), leads);
  values_.array().name(fmt::format("values ({} numbers: leading = {})", elements, trial_.plan_.leading), leads);
  if (!tensors_[2].data) not_wanted_.emplace("d_predictions[0] is not wanted here (null data)", "compute the values alone where d_predictions[0].data is null; in C++: if (s.d_prediction()) ...");
}

Answer LossCall::run() {
  return answer_of("evaluate", [&](trg_error* error) { return trial_.loss_.calls().evaluate(trial_.handle_, &call_, error); });
}

void LossCall::set_prediction(const std::vector<double>& numbers) noexcept {
  for (std::size_t i = 0; i < numbers.size(); ++i) prediction_.set(static_cast<std::int64_t>(i), numbers[i]);
}

std::string LossCall::damage() const {
  if (prediction_.bits() != prediction_before_) return "it changes the predictions";
  if (target_.bits() != target_before_) return "it changes the targets";
  if (weights_.bits() != weights_before_) return "it changes the weights";
  if (values_.array().damaged()) return "it writes beside values";
  if (gradient_.array().damaged()) return "it writes beside d_predictions";
  if (prediction_.array().damaged() || target_.array().damaged() || weights_.array().damaged()) return "it writes beside an array that it may only read";
  return {};
}

Evaluated LossTrial::evaluate(const ComparisonNumbers& numbers, std::int64_t first, const EvaluateHow& how) const {
  LossCall call(*this, numbers, first, how);
  Evaluated out;
  out.answer = call.run();
  out.damage = call.damage();
  out.values = call.values().values(), out.value_bits = call.values().bits();
  if (how.gradient) out.gradient = call.gradient().values(), out.gradient_bits = call.gradient().bits();
  return out;
}

Answer LossTrial::denominator(const ComparisonNumbers& numbers, const std::vector<double>* mask, std::int64_t first, double& sum) const {
  const std::int64_t elements = leading_elements();
  const TrialTensor target(shapes_.target_of(samples_), shapes_.target_type, targets_of(shapes_, samples_, numbers, first));
  const TrialTensor weights({elements}, TRG_F64, mask ? part_of(*mask, first, samples_, elements / samples_) : std::vector<double>(static_cast<std::size_t>(elements)));
  const trg_tensor t = target.native();
  trg_loss_call call{};
  call.size = sizeof(call), call.rows = samples_;
  call.targets = shapes_.has_target ? &t : nullptr;
  call.weights = mask ? static_cast<const double*>(weights.data()) : nullptr;
  const NamedNull null(mask ? "of its call, predictions, d_predictions and values are null" : "of its call, predictions, d_predictions and values are null, and weights, as nothing is masked",
                       "use targets and weights alone, and take weights that are null for ones: s.weights() ? s.weights()[i] : 1");
  return answer_of("denominator", [&](trg_error* error) { return loss_.calls().denominator(handle_, &call, &sum, error); });
}

std::int32_t target_count(const HeldLoss& loss) {
  if (!has_call(loss.calls(), &trg_loss_calls::target_count)) return 1;
  const Call running("target_count");
  return loss.calls().target_count(loss.self());
}

std::vector<ComparisonShapes> accepted_shapes(const Subject& subject, const HeldLoss& loss, std::size_t most, std::string& refusal) {
  std::vector<ComparisonShapes> out;
  const auto take = [&](const std::vector<std::string>& producers, bool absorbing_only) {
    for (const ComparisonShapes& shapes : candidate_shapes(target_count(loss) != 0, producers, subject.level)) {
      if (out.size() >= most) return;
      Call::set_place(shapes.words(5, TRG_F32));
      const LossTrial trial(loss, shapes, 5, TRG_F32);
      if (trial.ok() && (!absorbing_only || trial.plan().absorbs)) out.push_back(shapes);
      else if (refusal.empty() && !trial.ok()) refusal = fmt::format("{} (of {})", trial.planned().words(), shapes.words(5, TRG_F32));
    }
  };
  take({""}, false);
  std::vector<std::string> activations;
  for (const host::Item* item : subject.registry().items(host::Kind::activation)) activations.push_back(item->name);
  if (out.empty()) take(activations, false);
  else if (subject.level == full) most += 4, take(activations, true);
  return out;
}

LossNumbers finite_numbers(const LossTrial& trial) {
  LossNumbers out;
  for (int spread = 0; spread < spreads; ++spread) {
    ComparisonNumbers numbers = comparison_numbers(trial.shapes(), trial.samples(), trial.leading_elements(), trial.plan().targets, spread, 7 + static_cast<std::uint64_t>(spread));
    const Evaluated found = trial.evaluate(numbers);
    const auto finite = [](double x) { return std::isfinite(x); };
    if (!found.answer.ok()) out.why = fmt::format("evaluate answers {} for {}", found.answer.words(), numbers.words);
    else if (!std::ranges::all_of(found.values, finite) || !std::ranges::all_of(found.gradient, finite)) out.why = fmt::format("a value or gradient that is not finite, for {}", numbers.words);
    else out.finite.push_back(std::move(numbers));
  }
  return out;
}

}  // namespace teranga::conformance
