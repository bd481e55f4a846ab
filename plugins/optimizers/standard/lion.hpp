// SPDX-License-Identifier: Apache-2.0
// Lion: the sign of a momentum decides, so that every weight moves by the rate.
#pragma once

#include <vector>

#include <teranga/sdk/training.hpp>

#include "segment.hpp"

namespace teranga::optimizers {

struct Lion {
  static sdk::Info info() {
    return {.name = "teranga.lion", .summary = "Steps of equal length along the sign of a momentum",
            .formula = "w -= rate sign(beta_1 m + (1 - beta_1) g); m = beta_2 m + (1 - beta_2) g", .source = "keras.optimizers.Lion; arXiv 2302.06675",
            .options = {learning_rate(0.001), sdk::real("beta_1", 0.9).in(0, 1).above(0).says("share of the momentum in the direction of a step"),
                        share_option("beta_2", 0.99, "share of the momentum that is kept in a step")}};
  }

  double beta_1, beta_2;
  explicit Lion(const sdk::Options& options) : beta_1(options.real("beta_1")), beta_2(options.real("beta_2")) {}

  std::vector<const char*> slots() const { return {"momentum"}; }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    const T rate = u.rate, keep_1 = static_cast<T>(beta_1), take_1 = static_cast<T>(1 - beta_1), keep_2 = static_cast<T>(beta_2), take_2 = static_cast<T>(1 - beta_2);
    each_element<1>(u, [=](T& w, T g, T& m) {
      const T direction = m * keep_1 + g * take_1;
      const T sign = static_cast<T>(direction > 0) - static_cast<T>(direction < 0);
      w -= rate * sign;
      m = m * keep_2 + g * take_2;
    });
  }
};

}  // namespace teranga::optimizers
