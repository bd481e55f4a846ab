// SPDX-License-Identifier: Apache-2.0
// One parameter with its gradient and slots, between forbidden pages, stepped by an optimizer as the host does it: in segments, or whole where it asks for that.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <teranga/parallel/team.hpp>
#include <teranga/sdk/c/training.h>

#include "held.hpp"
#include "trial_tensor.hpp"

namespace teranga::conformance {

using HeldOptimizer = Held<trg_optimizer_calls>;

struct OptimizerFacts {
  Answer answer;
  trg_optimizer_facts native{};
};
OptimizerFacts facts_of(const HeldOptimizer& optimizer);
// What makes no sense in them; empty: nothing.
std::string fault_of(const OptimizerFacts& facts, const HeldOptimizer& optimizer, const Subject& subject);

struct StepHow {
  std::int64_t segment = 0;    // elements of an update; 0: all at once
  bool backwards = false;      // the last segment first
  bool null_gradient = false;
  Team* team = nullptr;        // segments of a step at the same time; of a whole tensor, threads that are lent
};

class OptimizerTrial {
 public:
  // The shape of a kernel, a bias, ...; facts are sane.
  OptimizerTrial(const HeldOptimizer& optimizer, const trg_optimizer_facts& facts, Extents shape, std::int32_t type, std::string parameter = "dense/kernel", Edge edge = Edge::behind);

  bool ok() const noexcept { return failed_.ok(); }
  const Answer& failed() const noexcept { return failed_; }  // the first call that answered something else than TRG_OK
  const std::string& failed_call() const noexcept { return failed_call_; }
  const std::string& damage() const noexcept { return damage_; }

  void step(std::int64_t number, double rate, const StepHow& how = {});
  // The two halves of a step: the first on the main thread, the second on any.
  void begin_step(std::int64_t number, double rate);
  void apply(std::int64_t number, double rate, const StepHow& how = {});
  void set_usual_gradient(std::int64_t step);

  TrialTensor weights, gradient;
  std::deque<std::optional<TrialTensor>> slots;  // those that this parameter has
  std::optional<TrialTensor> scalars;

  // Weights, slots and scalars.
  std::vector<std::byte> bits() const;
  void set_bits(const std::vector<std::byte>& bits);
  bool finite() const;
  std::string words() const { return to_words(weights.shape(), weights.type()); }

 private:
  void make_slot(std::int32_t slot);
  void update(std::int64_t first, std::int64_t count, std::int64_t number, double rate, bool null_gradient);
  void update_tensor(std::int64_t number, double rate, Team* team);
  void take(const char* call, const Answer& answer);
  void look_for_damage(const std::vector<std::byte>& gradient_before);
  const double* given_scalars() const { return scalars ? static_cast<const double*>(scalars->data()) : nullptr; }

  const HeldOptimizer& optimizer_;
  const trg_optimizer_facts& facts_;
  std::string parameter_, failed_call_, damage_;
  Edge edge_;
  Answer failed_;
};

}  // namespace teranga::conformance
