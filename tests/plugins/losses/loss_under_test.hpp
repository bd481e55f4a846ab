// SPDX-License-Identifier: Apache-2.0
// A loss of the built library, evaluated through its C table on whole small batches.
#pragma once

#include <functional>
#include <memory>

#include <teranga/sdk/c/training.h>

#include <plugins/library.hpp>

namespace teranga::tests {

inline const Library& losses() {
  static const Library library("losses");
  return library;
}

struct Evaluated {
  std::vector<double> values;
  std::vector<double> gradient;
};

class LossUnderTest {
 public:
  LossUnderTest(const std::string& name, const Settings& settings, std::string producer = {})
      : item_(losses().item("teranga." + name)), given_(item_, settings), calls_(static_cast<const trg_loss_calls*>(item_.calls)), producer_(std::move(producer)) {
    need_ok(calls_->create(given_.native(), &loss_, &error_), error_);
  }
  ~LossUnderTest() {
    if (plan_) calls_->destroy_plan(plan_);
    calls_->destroy(loss_);
  }
  LossUnderTest(const LossUnderTest&) = delete;

  std::int32_t target_count() const { return calls_->target_count ? calls_->target_count(loss_) : 1; }

  // `size` of the answer that the host has room for; 0: of a host that knew no size.
  const trg_loss_plan& plan(Tensor& prediction, Tensor& target, std::size_t size = sizeof(trg_loss_plan)) {
    if (plan_) calls_->destroy_plan(plan_);
    plan_ = nullptr;
    const trg_tensor p = prediction.native(false), t = target.native(false);
    trg_compare_request request{};
    request.size = sizeof(request);
    request.type = prediction.type();
    request.prediction_count = 1;
    request.target_count = static_cast<std::size_t>(target_count());
    request.predictions = &p, request.targets = &t;
    request.producer = producer_.empty() ? nullptr : producer_.c_str();
    if (size == sizeof(answer_)) answer_ = {};
    answer_.size = size;
    need_ok(calls_->plan(loss_, &request, &answer_, &plan_, &error_), error_);
    return answer_;
  }

  // Plans and evaluates; weights: one a leading element, empty: ones.
  Evaluated run(Tensor& prediction, Tensor& target, std::vector<double> weights = {}, bool with_gradient = true) {
    plan(prediction, target);
    std::int64_t elements = 1;
    for (std::int32_t axis = 0; axis < answer_.leading; ++axis) elements *= prediction.shape()[static_cast<std::size_t>(axis)];
    if (weights.empty()) weights.assign(static_cast<std::size_t>(elements), 1.0);
    Tensor gradient(prediction.shape(), prediction.type());
    for (std::int64_t i = 0; i < gradient.count(); ++i) gradient.set(i, 1e30);  // must be overwritten
    Evaluated out;
    out.values.assign(static_cast<std::size_t>(elements), 1e30);
    const trg_tensor p = prediction.native(), t = target.native(), d = gradient.native(with_gradient);
    const trg_loss_call call{sizeof(call), prediction.shape()[0], &p, &t, &d, weights.data(), out.values.data()};
    need_ok(calls_->evaluate(plan_, &call, &error_), error_);
    if (with_gradient) out.gradient = gradient.values();
    return out;
  }

  bool has_denominator() const { return calls_->denominator != nullptr; }
  double denominator(Tensor& target, std::int64_t rows, const double* mask) {
    const trg_tensor t = target.native();
    trg_loss_call call{};
    call.size = sizeof(call), call.rows = rows, call.targets = &t, call.weights = mask;
    double sum = -1;
    need_ok(calls_->denominator(plan_, &call, &sum, &error_), error_);
    return sum;
  }
  trg_loss_plan& answer() { return answer_; }

 private:
  const trg_item& item_;
  Given given_;
  const trg_loss_calls* calls_;
  std::string producer_;
  void* loss_ = nullptr;
  void* plan_ = nullptr;
  trg_loss_plan answer_{};
  trg_error error_{};
};

// Greatest difference between the gradient and central differences of sum(weight * value), against the size of the gradient.
inline double gradient_error(LossUnderTest& loss, Tensor prediction, Tensor target, const std::vector<double>& weights) {
  const auto total = [&] {
    const Evaluated e = loss.run(prediction, target, weights, false);
    double sum = 0;
    for (std::size_t i = 0; i < e.values.size(); ++i) sum += e.values[i] * (weights.empty() ? 1 : weights[i]);
    return sum;
  };
  const Evaluated exact = loss.run(prediction, target, weights);
  double worst = 0, size = 1e-3;
  for (std::int64_t i = 0; i < prediction.count(); ++i) {
    const double x = prediction.get(i), h = 1e-6;
    prediction.set(i, x + h);
    const double above = total();
    prediction.set(i, x - h);
    const double below = total();
    prediction.set(i, x);
    const double difference = (above - below) / (2 * h), g = exact.gradient[static_cast<std::size_t>(i)];
    worst = std::max(worst, std::fabs(difference - g));
    size = std::max(size, std::fabs(g));
  }
  return worst / size;
}

}  // namespace teranga::tests
