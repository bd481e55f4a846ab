// SPDX-License-Identifier: Apache-2.0
#include "run/loss_evaluator.hpp"

#include "run/element_access.hpp"
#include "run/frames.hpp"

#include <teranga/host/breadcrumb.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace teranga::model {
namespace {

// The class of element i of so many: a class number, or the place of the largest of a one-hot row.
std::int64_t label_at(const trg_tensor& target, std::int64_t i, std::int64_t elements) {
  std::int64_t count = 1;
  for (std::int32_t axis = 0; axis < target.rank; ++axis) count *= target.shape[axis];
  const std::int64_t width = count / std::max<std::int64_t>(elements, 1);
  if (width <= 1) return whole(number_at(target, i));
  std::int64_t best = 0;
  for (std::int64_t c = 1; c < width; ++c)
    if (number_at(target, i * width + c) > number_at(target, i * width + best)) best = c;
  return best;
}

// A sample's number within its part: its id holds the part in the upper byte.
std::int64_t number_of(std::uint64_t id) { return static_cast<std::int64_t>(id & 0x00FFFFFFFFFFFFFFull); }

}  // namespace

LossEvaluator::LossEvaluator(const Objective& objective, const std::vector<Field>& fields, const Schedule& schedule, const std::vector<double>* class_weights, Bindings& bindings)
    : objective_(objective), fields_(fields), class_weights_(class_weights), counts_(schedule.counts), denominators_(objective.terms.size()) {
  for (const BatchSlice& planned : schedule.slices) slices_.push_back(slice_of(planned));
  for (Slice& slice : slices_)
    for (std::size_t i = 0; i < slice.tensors.size(); ++i) {
      const Comparison& one = slice.planned->comparisons[i];
      Tensors& tensors = slice.tensors[i];
      bindings.add(one.prediction.buffer, tensors.prediction.data);
      bindings.add(one.target.buffer, tensors.target.data);
      bindings.add(one.gradient.buffer, tensors.gradient.data);
      bindings.add(one.mask.buffer, tensors.mask.data);
    }
}

LossEvaluator::Slice LossEvaluator::slice_of(const BatchSlice& planned) const {
  std::int64_t most = 0, most_sums = 0;
  for (const MetricUse& metric : objective_.metrics) most_sums = std::max(most_sums, metric.sum_count);
  Slice slice{&planned, {}, {}, {}, std::vector<double>(objective_.sum_count()), std::vector<double>(static_cast<std::size_t>(most_sums) + guard_bytes / sizeof(double))};
  for (const Comparison& one : planned.comparisons) {
    slice.tensors.push_back({unbound(one.prediction), unbound(one.target), unbound(one.gradient), unbound(one.mask)});
    most = std::max(most, one.elements);
  }
  slice.weights.resize(static_cast<std::size_t>(most));
  slice.values.resize(static_cast<std::size_t>(most) + guard_bytes / sizeof(double));
  return slice;
}

void LossEvaluator::begin() {
  for (Slice& slice : slices_) std::fill(slice.sums.begin(), slice.sums.end(), 0.0);
}

void LossEvaluator::count(const Step& step) {
  std::fill(denominators_.begin(), denominators_.end(), 0.0);
  if (step.hooks) step.hooks->sums_before(denominators_);
  for (Slice& slice : slices_)
    for (std::size_t t = 0; t < denominators_.size(); ++t) denominators_[t] += denominator(slice, t);
  if (step.hooks) step.hooks->sum_over_ranks(denominators_);
}

// Weights of elements: 1, or 0 where the mask leaves the element out.
void LossEvaluator::count_mask(Slice& slice, std::size_t comparison) const {
  const Comparison& one = slice.planned->comparisons[comparison];
  const std::uint8_t* const mask = slice.tensors[comparison].mask_values();
  for (std::int64_t i = 0; i < one.elements; ++i) slice.weights[static_cast<std::size_t>(i)] = !mask || mask[i / one.mask_repeats] ? 1.0 : 0.0;
}

double LossEvaluator::denominator(Slice& slice, std::size_t t) const {
  const LossTerm& term = objective_.terms[t];
  const Comparison& one = slice.planned->comparisons[t];
  const Tensors& tensors = slice.tensors[t];
  double* weights = slice.weights.data();
  if (tensors.mask.data) count_mask(slice, t);
  if (!term.counts) return tensors.mask.data ? std::accumulate(weights, weights + one.elements, 0.0) : static_cast<double>(one.elements);
  trg_loss_call call{};
  call.size = sizeof(call);
  call.rows = slice.planned->rows;
  call.predictions = &tensors.prediction;
  call.targets = &tensors.target;
  call.weights = tensors.mask.data ? weights : nullptr;
  double sum = 0;
  term.loss->guard("denominator", [&](trg_error* error) { return term.loss->calls().denominator(one.loss->handle(), &call, &sum, error); });
  if (!(sum >= 0) || std::isinf(sum)) throw Error(ExitCode::plugin, fmt::format("{}: its call denominator gives {}; expected a finite number of 0 or more", term.loss->who(), sum));
  return sum;
}

void LossEvaluator::weigh(Slice& slice, std::size_t t, const Batch& batch) const {
  const LossTerm& term = objective_.terms[t];
  const Comparison& one = slice.planned->comparisons[t];
  const std::uint8_t* const mask = slice.tensors[t].mask_values();
  const std::int64_t per_row = one.elements / std::max<std::int64_t>(slice.planned->rows, 1);
  const double denominator = counts_ ? denominators_[t] : static_cast<double>(batch.global_rows) * static_cast<double>(per_row);
  const double base = denominator > 0 ? term.weight / denominator : 0;  // nothing but ignored elements: no loss
  std::fill_n(slice.weights.begin(), one.elements, base);
  for (std::int64_t i = 0; mask && i < one.elements; ++i)
    if (!mask[i / one.mask_repeats]) slice.weights[static_cast<std::size_t>(i)] = 0;
  const trg_tensor& target = slice.tensors[t].target;
  const Field* const field = term.target >= 0 ? &fields_[static_cast<std::size_t>(term.target)] : nullptr;
  if (class_weights_ && !class_weights_->empty() && field && field->role == Role::target && field->classes > 0)
    for (std::int64_t i = 0; i < one.elements; ++i) {
      const std::int64_t label = label_at(target, i, one.elements);
      if (label >= 0 && label < static_cast<std::int64_t>(class_weights_->size())) slice.weights[static_cast<std::size_t>(i)] *= (*class_weights_)[static_cast<std::size_t>(label)];
    }
  if (const int weights = objective_.sample_weight_field; weights >= 0 && term.of_samples) {
    const trg_tensor all{const_cast<void*>(batch.fields[static_cast<std::size_t>(weights)]), nullptr, 0, static_cast<std::int32_t>(fields_[static_cast<std::size_t>(weights)].type)};
    for (std::int64_t i = 0; i < one.elements; ++i) slice.weights[static_cast<std::size_t>(i)] *= number_at(all, slice.planned->first + i / per_row);
  }
}

void LossEvaluator::refuse(std::int32_t status, trg_error error, const Slice& slice, const Batch& batch, const std::string& who) {
  if (error.sample >= 0) error.sample = error.sample < slice.planned->rows ? number_of(batch.sample_ids[static_cast<std::size_t>(slice.planned->first + error.sample)]) : -1;
  host::raise(status, error, who);
}

void LossEvaluator::evaluate(std::size_t index, const Batch& batch, const Work& losses, const Work& metrics, LapTimer& lap) {
  Slice& slice = slices_[index];
  const std::size_t terms = objective_.terms.size();
  for (std::size_t t = 0; t < terms; ++t) slice.sums[t] = evaluate_term(slice, t, batch);
  lap.done(losses);
  double* sums = slice.sums.data() + terms;
  for (std::size_t m = 0; m < objective_.metrics.size(); ++m) {
    update_metric(slice, m, sums, batch);
    sums += objective_.metrics[m].sum_count;
  }
  lap.done(metrics);
}

double LossEvaluator::evaluate_term(Slice& slice, std::size_t t, const Batch& batch) const {
  const LossTerm& term = objective_.terms[t];
  const Comparison& one = slice.planned->comparisons[t];
  Tensors& tensors = slice.tensors[t];
  weigh(slice, t, batch);
  trg_loss_call call{};
  call.size = sizeof(call);
  call.rows = slice.planned->rows;
  call.predictions = &tensors.prediction;
  call.targets = &tensors.target;
  call.d_predictions = &tensors.gradient;
  call.weights = slice.weights.data();
  call.values = slice.values.data();
  set_guard(call.values + one.elements);
  host::Report report;
  trg_error& error = report.native;
  const host::Breadcrumb crumb(term.loss->item().name.c_str(), nullptr, "evaluate");
  if (const std::int32_t status = host::foreign_call(&error, [&] { return term.loss->calls().evaluate(one.loss->handle(), &call, &error); }); status != TRG_OK)
    refuse(status, error, slice, batch, term.loss->who());
  if (!is_intact(call.values + one.elements)) throw Error(ExitCode::plugin, fmt::format("{}: its call evaluate has written behind the end of its {} values", term.loss->who(), one.elements));
  double sum = 0;
  for (std::int64_t i = 0; i < one.elements; ++i) sum += slice.weights[static_cast<std::size_t>(i)] * slice.values[static_cast<std::size_t>(i)];
  return sum;
}

void LossEvaluator::update_metric(Slice& slice, std::size_t m, double* sums, const Batch& batch) const {
  const MetricUse& use = objective_.metrics[m];
  const std::size_t comparison = objective_.terms.size() + m;
  const Tensors& tensors = slice.tensors[comparison];
  count_mask(slice, comparison);
  trg_metric_call call{};
  call.size = sizeof(call);
  call.rows = slice.planned->rows;
  call.predictions = &tensors.prediction;
  call.targets = &tensors.target;
  call.weights = slice.weights.data();
  double* const own = call.sums = slice.metric_sums.data();
  std::fill_n(own, use.sum_count, 0.0);
  set_guard(own + use.sum_count);
  host::Report report;
  trg_error& error = report.native;
  const host::Breadcrumb crumb(use.metric->item().name.c_str(), nullptr, "update");
  if (const std::int32_t status = host::foreign_call(&error, [&] { return use.metric->calls().update(slice.planned->comparisons[comparison].metric->handle(), &call, &error); }); status != TRG_OK)
    refuse(status, error, slice, batch, use.metric->who());
  if (!is_intact(own + use.sum_count)) throw Error(ExitCode::plugin, fmt::format("{}: its call update has written behind the end of its {} sums", use.metric->who(), use.sum_count));
  for (std::int64_t i = 0; i < use.sum_count; ++i) sums[i] += own[i];
}

void LossEvaluator::add_to(std::span<double> sums) const {
  for (const Slice& slice : slices_)
    for (std::size_t i = 0; i < slice.sums.size(); ++i) sums[i] += slice.sums[i];
}

}  // namespace teranga::model
