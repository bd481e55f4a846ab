// SPDX-License-Identifier: Apache-2.0
// LARS: gradient descent with momentum, whose rate for a parameter follows from the length of the parameter and of its gradient.
#pragma once

#include <cmath>
#include <vector>

#include <teranga/sdk/tensor_loops.hpp>
#include <teranga/sdk/training.hpp>

#include "segment.hpp"

namespace teranga::optimizers {

// The paper has no rule for a parameter of zeros, as biases are at the start. Its rate is that of plain descent then, as in the usual implementations.
struct Lars {
  static constexpr bool decays_itself = true;

  static sdk::Info info() {
    return {.name = "teranga.lars", .summary = "Gradient descent with momentum whose rate for a parameter follows from its length, for large batches",
            .formula = "r = trust_coefficient |w| / (|g| + weight_decay |w| + epsilon), where |w| or |g| is 0: 1; v = momentum v + rate r (g + weight_decay w); w -= v", .source = "arXiv 1708.03888",
            .options = {learning_rate(0.1), share_option("momentum", 0.9, "share of the former step that is kept"),
                        sdk::real("trust_coefficient", 0.001).above(0).says("length of a step as a share of the length of the parameter, at a rate of 1"),
                        sdk::real("weight_decay", 0.0005).at_least(0).says("part of a weight that is added to its gradient"),
                        sdk::real("epsilon", 0.0).at_least(0).says("is added to the divisor")}};
  }

  double momentum, trust, decay, epsilon;
  explicit Lars(const sdk::Options& options)
      : momentum(options.real("momentum")), trust(options.real("trust_coefficient")), decay(options.real("weight_decay")), epsilon(options.real("epsilon")) {}

  std::vector<const char*> slots() const { return {"momentum"}; }

  template <class T>
  void update_tensor(const sdk::TensorUpdate<T>& u) const {
    const double length = std::sqrt(sdk::sum_of_squares(u.weights, u.count)), slope = std::sqrt(sdk::sum_of_squares(u.gradient, u.count));
    const double ratio = length > 0 && slope > 0 ? trust * length / (slope + decay * length + epsilon) : 1;
    const T rate = static_cast<T>(u.rate * ratio), keep = static_cast<T>(momentum), shrink = static_cast<T>(decay);
    T* const velocity = u.slot(0);
    sdk::each_piece(u.count, sdk::tensor_piece, [&](std::int64_t begin, std::int64_t end) {
      detail::loop(end - begin, u.weights + begin, u.gradient + begin, velocity + begin, [=](T& w, T g, T& v) {
        v = keep * v + rate * (g + shrink * w);
        w -= v;
      });
    });
  }
};

}  // namespace teranga::optimizers
