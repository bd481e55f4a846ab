// SPDX-License-Identifier: Apache-2.0
// From the outputs of a network to the next step of a text: probabilities, and the choice of one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace teranga::train {

// Natural logarithms of the probabilities of ids 0 to size - 1, made to sum to 1 over those that are not in `never`, which get minus infinity.
// outputs: [size] or more, logits or probabilities.
struct NextStep {
  bool logits = false;
  std::int64_t size = 0;
  std::vector<std::int32_t> never;

  std::vector<double> log_p(std::span<const float> outputs) const;
};

// temperature 0: the likeliest id. Otherwise id i is drawn with a probability that goes with p_i^(1 / temperature), among the top_k likeliest ids
// (0: all). Of equally likely ids the smaller ones come first. uniform: in [0, 1).
struct Choice {
  double temperature = 1;
  std::int64_t top_k = 0;

  std::int32_t of(std::span<const double> log_p, double uniform) const;
};

}  // namespace teranga::train
