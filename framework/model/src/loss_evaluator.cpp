// SPDX-License-Identifier: Apache-2.0
#include "loss_evaluator.hpp"

#include "element_access.hpp"

#include <teranga/host/breadcrumb.hpp>

#include <algorithm>
#include <numeric>

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

void Comparison::follow(const Follow& follow) {
  for (trg_tensor& tensor : tensors) follow(tensor.data);
  follow(mask);
}

LossEvaluator::LossEvaluator(const Objective& objective, const std::vector<Field>& fields, bool counts, const std::vector<double>* class_weights)
    : objective_(objective), fields_(fields), class_weights_(class_weights), counts_(counts), denominators_(objective.terms.size()) {}

std::vector<Comparison>& LossEvaluator::add_slice(std::int64_t first, std::int64_t rows) {
  Slice& slice = slices_.emplace_back(Slice{first, rows, {}, {}, {}, std::vector<double>(objective_.sum_count())});
  slice.comparisons.reserve(objective_.terms.size() + objective_.metrics.size());
  return slice.comparisons;
}

void LossEvaluator::complete_slice() {
  Slice& slice = slices_.back();
  std::int64_t most = 0;
  for (const Comparison& one : slice.comparisons) most = std::max(most, one.elements);
  slice.weights.resize(static_cast<std::size_t>(most));
  slice.values.resize(static_cast<std::size_t>(most));
}

void LossEvaluator::begin() {
  for (Slice& slice : slices_) std::fill(slice.sums.begin(), slice.sums.end(), 0.0);
}

void LossEvaluator::count(const Step& step) {
  std::fill(denominators_.begin(), denominators_.end(), 0.0);
  for (Slice& slice : slices_)
    for (std::size_t t = 0; t < denominators_.size(); ++t) {
      const LossTerm& term = objective_.terms[t];
      const Comparison& one = slice.comparisons[t];
      double* weights = slice.weights.data();
      for (std::int64_t i = 0; one.mask && i < one.elements; ++i) weights[i] = one.mask[i / one.mask_repeats] ? 1 : 0;
      if (term.counts) {
        trg_loss_call call{};
        call.size = sizeof(call);
        call.rows = slice.rows;
        call.predictions = &one.tensors[0];
        call.targets = &one.tensors[1];
        call.weights = one.mask ? weights : nullptr;
        denominators_[t] += term.loss->calls().denominator(one.loss->handle(), &call);
      } else {
        denominators_[t] += one.mask ? std::accumulate(weights, weights + one.elements, 0.0) : static_cast<double>(one.elements);
      }
    }
  if (step.sum_over_ranks) step.sum_over_ranks(denominators_);
}

void LossEvaluator::count_nothing(const Step& step) {
  std::fill(denominators_.begin(), denominators_.end(), 0.0);
  step.sum_over_ranks(denominators_);
}

void LossEvaluator::weigh(Slice& slice, std::size_t t, const Batch& batch) const {
  const LossTerm& term = objective_.terms[t];
  const Comparison& one = slice.comparisons[t];
  const std::int64_t per_row = one.elements / std::max<std::int64_t>(slice.rows, 1);
  const double denominator = counts_ ? denominators_[t] : static_cast<double>(batch.global_rows) * static_cast<double>(per_row);
  const double base = denominator > 0 ? term.weight / denominator : 0;  // nothing but ignored elements: no loss
  std::fill_n(slice.weights.begin(), one.elements, base);
  for (std::int64_t i = 0; one.mask && i < one.elements; ++i)
    if (!one.mask[i / one.mask_repeats]) slice.weights[static_cast<std::size_t>(i)] = 0;
  const trg_tensor& target = one.tensors[1];
  const Field* const field = term.target >= 0 ? &fields_[static_cast<std::size_t>(term.target)] : nullptr;
  if (class_weights_ && !class_weights_->empty() && field && field->role == Role::target && field->classes > 0)
    for (std::int64_t i = 0; i < one.elements; ++i) {
      const std::int64_t label = label_at(target, i, one.elements);
      if (label >= 0 && label < static_cast<std::int64_t>(class_weights_->size())) slice.weights[static_cast<std::size_t>(i)] *= (*class_weights_)[static_cast<std::size_t>(label)];
    }
  if (const int weights = objective_.sample_weight_field; weights >= 0) {
    const trg_tensor all{const_cast<void*>(batch.fields[static_cast<std::size_t>(weights)]), nullptr, 0, static_cast<std::int32_t>(fields_[static_cast<std::size_t>(weights)].type)};
    for (std::int64_t i = 0; i < one.elements; ++i) slice.weights[static_cast<std::size_t>(i)] *= number_at(all, slice.first + i / per_row);
  }
}

void LossEvaluator::refuse(const trg_error& error, const Slice& slice, const Batch& batch, const std::string& who) {
  host::Report report;
  report.native = error;
  if (error.sample >= 0) report.native.sample = number_of(batch.sample_ids[static_cast<std::size_t>(slice.first + error.sample)]);
  host::raise(report, who);
}

void LossEvaluator::evaluate(std::size_t index, const Batch& batch, const Work& losses, const Work& metrics, LapTimer& lap) {
  Slice& slice = slices_[index];
  trg_error error{};
  error.size = sizeof(error);
  error.sample = -1;
  const std::size_t terms = objective_.terms.size();
  for (std::size_t t = 0; t < terms; ++t) {
    const LossTerm& term = objective_.terms[t];
    Comparison& one = slice.comparisons[t];
    weigh(slice, t, batch);
    trg_loss_call call{};
    call.size = sizeof(call);
    call.rows = slice.rows;
    call.predictions = &one.tensors[0];
    call.targets = &one.tensors[1];
    call.d_predictions = &one.tensors[2];
    call.weights = slice.weights.data();
    call.values = slice.values.data();
    const host::Breadcrumb crumb(term.loss->item().name.c_str(), nullptr, "evaluate");
    if (term.loss->calls().evaluate(one.loss->handle(), &call, &error) != TRG_OK) refuse(error, slice, batch, term.loss->who());
    double sum = 0;
    for (std::int64_t i = 0; i < one.elements; ++i) sum += slice.weights[static_cast<std::size_t>(i)] * slice.values[static_cast<std::size_t>(i)];
    slice.sums[t] = sum;
  }
  lap.done(losses);
  std::size_t at = terms;
  for (std::size_t m = 0; m < objective_.metrics.size(); ++m) {
    const MetricUse& use = objective_.metrics[m];
    Comparison& one = slice.comparisons[terms + m];
    for (std::int64_t i = 0; i < one.elements; ++i) slice.weights[static_cast<std::size_t>(i)] = !one.mask || one.mask[i / one.mask_repeats] ? 1.0 : 0.0;
    trg_metric_call call{};
    call.size = sizeof(call);
    call.rows = slice.rows;
    call.predictions = &one.tensors[0];
    call.targets = &one.tensors[1];
    call.weights = slice.weights.data();
    call.sums = slice.sums.data() + at;
    const host::Breadcrumb crumb(use.metric->item().name.c_str(), nullptr, "update");
    if (use.metric->calls().update(one.metric->handle(), &call, &error) != TRG_OK) refuse(error, slice, batch, use.metric->who());
    at += static_cast<std::size_t>(use.sum_count);
  }
  lap.done(metrics);
}

void LossEvaluator::add_to(std::span<double> sums) const {
  for (const Slice& slice : slices_)
    for (std::size_t i = 0; i < slice.sums.size(); ++i) sums[i] += slice.sums[i];
}

void LossEvaluator::follow(const Follow& follow) {
  for (std::size_t slice = 0; slice < slices_.size(); ++slice) this->follow(slice, follow);
}

void LossEvaluator::follow(std::size_t slice, const Follow& follow) {
  for (Comparison& one : slices_[slice].comparisons) one.follow(follow);
}

std::span<const Comparison> LossEvaluator::terms(std::size_t slice) const { return std::span(slices_[slice].comparisons).first(objective_.terms.size()); }

}  // namespace teranga::model
