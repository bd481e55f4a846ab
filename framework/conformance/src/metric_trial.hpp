// SPDX-License-Identifier: Apache-2.0
// A metric planned for one shape, and updated with numbers that lie between forbidden pages.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/sdk/c/training.h>

#include "comparison_trials.hpp"
#include "held.hpp"

namespace teranga::conformance {

using HeldMetric = Held<trg_metric_calls>;

struct Updated {
  Answer answer;
  std::vector<double> sums;
  std::vector<std::byte> bits;
  std::string damage;  // what it wrote that is not its own; empty: nothing
};

class MetricTrial;

// The arguments of one call of update, which may be made again and again.
class MetricCall {
 public:
  // Adds rows first .. first + samples - 1 of the numbers to the sums.
  MetricCall(const MetricTrial& trial, const ComparisonNumbers& numbers, const std::vector<double>& sums, std::int64_t first = 0, Edge edge = Edge::behind);
  MetricCall(const MetricCall&) = delete;
  MetricCall& operator=(const MetricCall&) = delete;

  Answer run();
  std::string damage() const;  // what the plugin wrote that is not its own; empty: nothing
  TrialTensor& sums() noexcept { return sums_; }

 private:
  const MetricTrial& trial_;
  TrialTensor prediction_, target_, weights_, sums_;
  std::vector<std::byte> prediction_before_, target_before_, weights_before_;
  trg_tensor tensors_[2]{};
  trg_metric_call call_{};
};

class MetricTrial {
 public:
  MetricTrial(const HeldMetric& metric, const ComparisonShapes& shapes, std::int64_t samples, std::int32_t type);
  ~MetricTrial();
  MetricTrial(const MetricTrial&) = delete;
  MetricTrial& operator=(const MetricTrial&) = delete;

  bool ok() const noexcept { return planned_.ok(); }
  const Answer& planned() const noexcept { return planned_; }
  const trg_metric_plan& plan() const noexcept { return plan_; }
  std::string plan_fault() const;  // empty: none
  std::int64_t samples() const noexcept { return samples_; }
  std::int32_t type() const noexcept { return type_; }
  const ComparisonShapes& shapes() const noexcept { return shapes_; }
  std::int64_t leading_elements() const noexcept;  // that have a weight
  std::string words() const { return shapes_.words(samples_, type_); }
  std::vector<double> nothing() const { return std::vector<double>(static_cast<std::size_t>(plan_.sum_count)); }

  Updated update(const ComparisonNumbers& numbers, const std::vector<double>& sums, std::int64_t first = 0, Edge edge = Edge::behind) const;
  Answer value(const std::vector<double>& sums, double& value, std::string& damage) const;

 private:
  friend class MetricCall;
  const HeldMetric& metric_;
  ComparisonShapes shapes_;
  std::int64_t samples_;
  std::int32_t type_;
  trg_metric_plan plan_{};
  void* handle_ = nullptr;
  Answer planned_;
};

// Numbers of the trial's shapes that the metric takes. Of none, `why` says what it answered.
std::vector<ComparisonNumbers> accepted_numbers(const MetricTrial& trial, std::string& why);

}  // namespace teranga::conformance
