// SPDX-License-Identifier: Apache-2.0
// One weight tensor and its slots, stepped as the host does it: in segments, or whole where the optimizer asks for that.
#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <teranga/sdk/c/training.h>

#include <boost/test/unit_test.hpp>

#include <plugins/library.hpp>

namespace teranga::tests {

inline const Library& optimizers() {
  static const Library library("optimizers");
  return library;
}

class Stepper {
 public:
  Stepper(const std::string& name, const Settings& settings, std::int32_t type, std::vector<std::int64_t> shape, std::string parameter = "dense/kernel")
      : item_(optimizers().item("teranga." + name)), given_(item_, settings), calls_(static_cast<const trg_optimizer_calls*>(item_.calls)), parameter_(std::move(parameter)), weights(shape, type),
        gradient(shape, type) {
    trg_error error{};
    need_ok(calls_->create(given_.native(), &optimizer_, &error), error);
    facts.size = sizeof(facts);
    need_ok(calls_->facts(optimizer_, &facts, &error), error);
    for (std::int32_t s = 0; s < facts.slot_count; ++s) make_slot(s);
    for (std::int32_t s = 0; s < facts.scalar_count; ++s) scalars.push_back(facts.scalar_initial ? facts.scalar_initial[s] : 0);
    const trg_options& options = *given_.native();
    for (std::size_t i = 0; i < options.count; ++i)
      if (std::string(options.items[i].name) == "weight_decay" && !facts.decays_itself) decay = options.items[i].value.real;
  }
  ~Stepper() { calls_->destroy(optimizer_); }
  Stepper(const Stepper&) = delete;

  void step(std::int64_t number, double rate, std::int64_t segment, bool with_gradient = true) {
    for (std::int64_t i = 0; i < weights.count(); ++i) weights.set(i, weights.get(i) - weights.get(i) * decay * rate);
    trg_error error{};
    if (calls_->begin_step) need_ok(calls_->begin_step(optimizer_, number, rate, scalars.data(), &error), error);
    if (facts.whole_tensors) return whole_step(number, rate);
    const std::int64_t width = weights.type() == TRG_F64 ? 8 : 4;
    for (std::int64_t first = 0; first < weights.count(); first += segment) {
      const auto at = [&](Tensor& t) { return static_cast<void*>(static_cast<char*>(t.data()) + first * width); };
      std::vector<void*> parts;
      for (std::optional<Tensor>& slot : slots) parts.push_back(at(*slot));
      trg_update u{};
      u.size = sizeof(u), u.type = weights.type(), u.count = std::min(segment, weights.count() - first);
      u.weights = at(weights), u.gradient = with_gradient ? at(gradient) : nullptr, u.slots = parts.data();
      u.step = number, u.rate = rate, u.scalars = scalars.data();
      need_ok(calls_->update(optimizer_, &u, &error), error);
    }
  }

 private:
  void make_slot(std::int32_t s) {
    trg_slot_shape shape{};
    shape.size = sizeof(shape), shape.rank = static_cast<std::int32_t>(weights.shape().size());
    std::copy(weights.shape().begin(), weights.shape().end(), shape.shape);
    trg_error error{};
    if (calls_->slot_shape) need_ok(calls_->slot_shape(optimizer_, s, parameter_.c_str(), &shape, &error), error);
    slots.emplace_back();
    if (shape.rank < 0) return;
    Tensor& slot = slots.back().emplace(std::vector<std::int64_t>(shape.shape, shape.shape + shape.rank), weights.type());
    for (std::int64_t i = 0; i < slot.count(); ++i) slot.set(i, facts.slot_initial ? facts.slot_initial[s] : 0);
  }
  void whole_step(std::int64_t number, double rate) {
    std::vector<void*> given;
    for (std::optional<Tensor>& slot : slots) given.push_back(slot ? slot->data() : nullptr);
    trg_tensor_update u{};
    u.size = sizeof(u), u.type = weights.type(), u.rank = static_cast<std::int32_t>(weights.shape().size()), u.shape = weights.shape().data(), u.parameter = parameter_.c_str();
    u.count = weights.count(), u.weights = weights.data(), u.gradient = gradient.data(), u.slots = given.data();
    u.step = number, u.rate = rate, u.scalars = scalars.data();
    trg_error error{};
    need_ok(calls_->update_tensor(optimizer_, &u, &error), error);
  }

  const trg_item& item_;
  Given given_;
  const trg_optimizer_calls* calls_;
  std::string parameter_;
  void* optimizer_ = nullptr;

 public:
  double decay = 0;  // that the host takes off
  trg_optimizer_facts facts{};
  Tensor weights, gradient;
  std::deque<std::optional<Tensor>> slots;  // those that this parameter has
  std::vector<double> scalars;
};

inline void need_near(const Tensor& found, const std::vector<double>& expected, double tolerance, const std::string& what) {
  BOOST_REQUIRE(static_cast<std::size_t>(found.count()) == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double x = found.get(static_cast<std::int64_t>(i));
    BOOST_TEST(std::fabs(x - expected[i]) <= tolerance * (1 + std::fabs(expected[i])), what << "[" << i << "] is " << x << " for " << expected[i]);
  }
}

}  // namespace teranga::tests
