// SPDX-License-Identifier: Apache-2.0
// What the rules of losses walk over: the options and the shapes that a loss takes, with numbers that it takes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "loss_trial.hpp"

namespace teranga::conformance {

inline constexpr std::int64_t loss_samples = 5;

// One loss, planned for shapes that it takes, and numbers that it takes.
struct LossCase {
  const Subject& subject;
  const HeldLoss& loss;
  const LossTrial& trial;
  std::vector<ComparisonNumbers> numbers;
  std::string options;

  std::string where(const ComparisonNumbers& of) const { return joined({options, trial.words(), of.words}); }
};

// Runs the body for options and shapes that the loss takes, until it has reported something or time is up. All shapes are for the default options, a few for the others.
void for_each_case(const Subject& subject, Findings& findings, const std::vector<std::int32_t>& types, const std::function<void(const LossCase&)>& body);

// The rules of those names.
void loss_edges(const Subject& subject, Findings& findings);
void loss_nan(const Subject& subject, Findings& findings);

}  // namespace teranga::conformance
