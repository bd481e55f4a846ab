// SPDX-License-Identifier: Apache-2.0
// A measured step with what it is predicted to cost on a cluster, and the lines of JSON that keep both.
#pragma once

#include <string>
#include <vector>

#include <teranga/comm/step_cost.hpp>
#include <teranga/train/scale.hpp>

namespace teranga::launcher {

// The network of a cluster, as users know it.
struct Link {
  double bits_per_second = 1e9, latency = 50e-6;
};

struct ScalePoint {
  train::RehearsedStep step;
  StepCost cost;  // of all steps of its record
  double efficiency = 1;  // samples a second, over those of as many processes that each compute alone

  double step_ms() const { return 1e3 * cost.seconds / step.steps; }
  double working_ms() const { return 1e3 * cost.working / step.steps; }
  double waiting_ms() const { return 1e3 * cost.waiting() / step.steps; }
  double sent_bytes() const { return cost.sent_bytes / step.steps; }
  double samples_per_second() const { return step.samples_per_second(cost); }
};

ScalePoint predict(const train::RehearsedStep& step, const Link& link, double alone_samples_per_second);

std::string json_line(const ScalePoint& point, const Link& link, double alone_samples_per_second);

// The measured steps in the lines of a file.
struct KeptSteps {
  std::vector<train::RehearsedStep> steps;
  double alone_samples_per_second = 0;
};
// Throws Error(usage) for a file without such lines.
KeptSteps read_steps(const std::string& file);

}  // namespace teranga::launcher
