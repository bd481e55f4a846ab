// SPDX-License-Identifier: Apache-2.0
// A loss planned for one shape, and evaluated on numbers that lie between forbidden pages.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <teranga/sdk/c/training.h>

#include "comparison_trials.hpp"
#include "held.hpp"
#include "named_access.hpp"

namespace teranga::conformance {

using HeldLoss = Held<trg_loss_calls>;

struct Evaluated {
  Answer answer;
  std::vector<double> values;
  std::vector<double> gradient;            // empty: it was not asked for
  std::vector<std::byte> value_bits, gradient_bits;
  std::string damage;                      // what it wrote that is not its own; empty: nothing
};

struct EvaluateHow {
  bool gradient = true;
  unsigned char before = 0xA5;  // what lies in the results before the call
  Edge edge = Edge::behind;
};

class LossTrial;

// The arguments of one call of evaluate, which may be made again and again.
class LossCall {
 public:
  // Rows first .. first + samples - 1 of the numbers.
  LossCall(const LossTrial& trial, const ComparisonNumbers& numbers, std::int64_t first = 0, const EvaluateHow& how = {});
  LossCall(const LossCall&) = delete;
  LossCall& operator=(const LossCall&) = delete;

  Answer run();
  std::string damage() const;  // what the plugin wrote that is not its own; empty: nothing
  bool same_results(const LossCall& other) const noexcept { return values_.same_bits(other.values_) && gradient_.same_bits(other.gradient_); }
  void set_prediction(const std::vector<double>& numbers) noexcept;
  const TrialTensor& values() const noexcept { return values_; }
  const TrialTensor& gradient() const noexcept { return gradient_; }

 private:
  const LossTrial& trial_;
  TrialTensor prediction_, target_, weights_, gradient_, values_;
  std::vector<std::byte> prediction_before_, target_before_, weights_before_;
  trg_tensor tensors_[3]{};
  trg_loss_call call_{};
  std::optional<NamedNull> not_wanted_;

  void name_arrays();
};

class LossTrial {
 public:
  LossTrial(const HeldLoss& loss, const ComparisonShapes& shapes, std::int64_t samples, std::int32_t type);
  ~LossTrial();
  LossTrial(const LossTrial&) = delete;
  LossTrial& operator=(const LossTrial&) = delete;

  bool ok() const noexcept { return planned_.ok(); }
  const Answer& planned() const noexcept { return planned_; }
  const trg_loss_plan& plan() const noexcept { return plan_; }
  // What makes no sense in the plan; empty: nothing.
  std::string plan_fault() const;
  std::int64_t samples() const noexcept { return samples_; }
  std::int32_t type() const noexcept { return type_; }
  const ComparisonShapes& shapes() const noexcept { return shapes_; }
  std::int64_t leading_elements() const noexcept;  // that have a value
  std::string words() const { return shapes_.words(samples_, type_); }

  Evaluated evaluate(const ComparisonNumbers& numbers, std::int64_t first = 0, const EvaluateHow& how = {}) const;
  Answer denominator(const ComparisonNumbers& numbers, const std::vector<double>* mask, std::int64_t first, double& sum) const;

 private:
  friend class LossCall;
  const HeldLoss& loss_;
  ComparisonShapes shapes_;
  std::int64_t samples_;
  std::int32_t type_;
  trg_loss_plan plan_{};
  void* handle_ = nullptr;
  Answer planned_;
};

// How many targets it compares with.
std::int32_t target_count(const HeldLoss& loss);

// Shapes that the loss takes, at most so many. Empty: `refusal` holds what it said of the first.
std::vector<ComparisonShapes> accepted_shapes(const Subject& subject, const HeldLoss& loss, std::size_t most, std::string& refusal);

// Numbers that it takes and whose losses are finite; of several spreads. Of none, `why` says what happened.
struct LossNumbers {
  std::vector<ComparisonNumbers> finite;
  std::string why;
};
LossNumbers finite_numbers(const LossTrial& trial);

}  // namespace teranga::conformance
