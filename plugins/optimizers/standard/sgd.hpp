// SPDX-License-Identifier: Apache-2.0
// Stochastic gradient descent, with momentum and Nesterov momentum.
#pragma once

#include <vector>

#include <teranga/sdk/training.hpp>

#include "segment.hpp"

namespace teranga::optimizers {

struct Sgd {
  static sdk::Info info() {
    return {.name = "teranga.sgd", .summary = "Gradient descent with optional (Nesterov) momentum",
            .formula = "v = momentum v - rate g; w += v (plain: w -= rate g; nesterov: w += momentum v - rate g)", .source = "keras.optimizers.SGD",
            .options = {learning_rate(0.01), sdk::real("momentum", 0.0).in(0, 1).says("share of the former step that is kept; 0 is plain descent"),
                        sdk::boolean("nesterov", false).says("look ahead along the momentum before stepping")}};
  }

  double momentum;
  bool nesterov;
  explicit Sgd(const sdk::Options& options) : momentum(options.real("momentum")), nesterov(options.boolean("nesterov")) {}

  std::vector<const char*> slots() const { return momentum != 0 ? std::vector<const char*>{"momentum"} : std::vector<const char*>{}; }

  bool idle_without_gradient() const { return momentum == 0; }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    const T rate = u.rate, mu = static_cast<T>(momentum);
    if (momentum == 0) {
      each_element(u, [rate](T& w, T g) { w -= rate * g; });
    } else if (nesterov) {
      each_element<1>(u, [rate, mu](T& w, T g, T& v) {
        v = mu * v - rate * g;
        w += mu * v - rate * g;
      });
    } else {
      each_element<1>(u, [rate, mu](T& w, T g, T& v) {
        v = mu * v - rate * g;
        w += v;
      });
    }
  }
};

}  // namespace teranga::optimizers
