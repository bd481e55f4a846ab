// SPDX-License-Identifier: Apache-2.0
// What losses and metrics are tried on: shapes of outputs and targets, found by asking plan, and numbers for them, by what plan says of its targets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/conformance/rule.hpp>
#include <teranga/host/option_tree.hpp>
#include <teranga/sdk/c/training.h>

#include "trial_tensor.hpp"

namespace teranga::conformance {

// Shapes without the axis of samples.
struct ComparisonShapes {
  Extents prediction, target;
  std::int32_t target_type = TRG_F32;
  bool has_target = true;
  std::string producer = {};  // the activation behind the output; empty: none

  Extents prediction_of(std::int64_t samples) const { return with(samples, prediction); }
  Extents target_of(std::int64_t samples) const { return with(samples, target); }
  std::string words(std::int64_t samples, std::int32_t type) const;  // "output [5, 4] f32, target [5] i32"

 private:
  static Extents with(std::int64_t samples, const Extents& rest);
};

// Candidates, the usual ones first; `producers`: behind these activations, too.
std::vector<ComparisonShapes> candidate_shapes(bool has_target, const std::vector<std::string>& producers, int level);

// What plan is asked. Points into itself.
class CompareRequest {
 public:
  CompareRequest(const ComparisonShapes& shapes, std::int64_t samples, std::int32_t type, const trg_options* producer_options);
  CompareRequest(const CompareRequest&) = delete;
  CompareRequest& operator=(const CompareRequest&) = delete;
  const trg_compare_request* native() const noexcept { return &request_; }

 private:
  Extents prediction_, target_;
  std::string producer_;
  trg_tensor tensors_[2]{};
  trg_compare_request request_{};
};

// The numbers of a batch, as doubles.
struct ComparisonNumbers {
  std::vector<double> prediction, target, weights;
  std::string words;  // "outputs from 0.05 to 0.95, targets one-hot"
  bool within_one = false;  // outputs are
};

inline constexpr int spreads = 3;  // of outputs: within (0, 1), from -2 to 2, above 1

// `targets`: enum trg_targets; `leading`: elements that have a weight. The same arguments give the same numbers.
ComparisonNumbers comparison_numbers(const ComparisonShapes& shapes, std::int64_t samples, std::int64_t leading, std::int32_t targets, int spread, std::uint64_t key);

// A number in [0, 1) for a place in a trial.
double draw(std::uint64_t key, std::uint64_t index) noexcept;

}  // namespace teranga::conformance
