// SPDX-License-Identifier: Apache-2.0
// FTRL: follow the regularised leader, for sparse linear models; l1 makes exact zeros. The formula divides by the rate: at a rate of 0 (the first step of a
// warm-up, the last of a decay) nothing moves, neither weights nor sums, as if the step had not been.
#pragma once

#include <cmath>
#include <vector>

#include <teranga/sdk/training.hpp>

#include "segment.hpp"

namespace teranga::optimizers {

struct Ftrl {
  static sdk::Info info() {
    const auto strength = [](const char* name, const char* doc) { return sdk::real(name, 0.0).at_least(0).says(doc); };
    return {.name = "teranga.ftrl", .summary = "Follow the regularised leader",
            .formula = "n' = n + g^2; z += g + 2 shrinkage w - (n'^-p - n^-p) / rate w; w = (clip(z, -l1, l1) - z) / (n'^-p / rate + 2 l2 + beta / rate); n = n', p = learning_rate_power",
            .source = "keras.optimizers.Ftrl; McMahan et al. 2013",
            .options = {learning_rate(0.001), sdk::real("learning_rate_power", -0.5).in(-1e6, 0).says("power of the sum of squares in the rate; 0: a fixed rate"),
                        sdk::real("initial_accumulator_value", 0.1).at_least(0).says("where the sum of squares starts"),
                        strength("l1_regularization_strength", "l1 penalty; makes exact zeros"), strength("l2_regularization_strength", "l2 penalty"),
                        strength("l2_shrinkage_regularization_strength", "l2 penalty on the present weights, through the gradient"), strength("beta", "beta of the paper")}};
  }

  double power, initial, l1, l2, shrinkage, beta;
  explicit Ftrl(const sdk::Options& options)
      : power(-options.real("learning_rate_power")), initial(options.real("initial_accumulator_value")), l1(options.real("l1_regularization_strength")),
        l2(options.real("l2_regularization_strength")), shrinkage(options.real("l2_shrinkage_regularization_strength")), beta(options.real("beta")) {}

  std::vector<const char*> slots() const { return {"accumulator", "linear"}; }
  std::vector<double> slot_initial() const { return {initial, 0.0}; }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    if (!(u.rate > least_rate<T>)) return;
    if (power == 0.5) step(u, [](T x) { return std::sqrt(x); });
    else step(u, [p = static_cast<T>(power)](T x) { return std::pow(x, p); });
  }

 private:
  // Below it a step changes no weight, and its inverse times a sum of squares would overflow.
  template <class T>
  static constexpr T least_rate = T(1e-30);

  template <class T, class Power>
  void step(const sdk::Update<T>& u, Power raised) const {
    const T inverse = T(1) / u.rate, bound = static_cast<T>(l1), twice_shrinkage = static_cast<T>(2 * shrinkage);
    const T twice_l2 = static_cast<T>(2 * l2) + static_cast<T>(beta) * inverse;
    each_element<2>(u, [=](T& w, T g, T& n, T& z) {
      const T sum = n + g * g, root = raised(sum);
      z += g + twice_shrinkage * w - (root - raised(n)) * inverse * w;
      const T clipped = z < -bound ? -bound : z > bound ? bound : z;
      const T strength = root * inverse + twice_l2;
      w = strength > 0 ? (clipped - z) / strength : T(0);  // 0: it began at 0, and no gradient came yet
      n = sum;
    });
  }
};

}  // namespace teranga::optimizers
