// SPDX-License-Identifier: Apache-2.0
// Losses between distributions and counts: Kullback-Leibler divergence and Poisson.
#pragma once

#include "elementwise.hpp"

namespace teranga::losses {

struct KlDivergence {
  static constexpr const char* name = "kl_divergence";
  static constexpr Over over = Over::sum;
  static sdk::Info info() {
    return {.name = "teranga.kl_divergence", .summary = "Kullback-Leibler divergence of the prediction from the target",
            .formula = "loss = sum t log(t / p), both clipped to [1e-7, 1]; a clipped prediction has no gradient", .source = "keras.losses.KLDivergence"};
  }
  explicit KlDivergence(const sdk::Options&) {}
  template <class T>
  TERANGA_FORCE_INLINE Term<T> operator()(T p, T t) const {
    constexpr T least = T(1e-7);
    const T a = sdk::math::at_most(sdk::math::at_least(t, least), T(1)), b = sdk::math::at_most(sdk::math::at_least(p, least), T(1));
    return {a * sdk::math::log(a / b), b == p ? -a / b : T(0)};
  }
};

struct Poisson {
  static constexpr const char* name = "poisson";
  static constexpr Over over = Over::mean;
  static sdk::Info info() {
    return {.name = "teranga.poisson", .summary = "Negative log-likelihood of counts, without the part that the prediction cannot change",
            .formula = "loss = mean p - t log(p + 1e-7)", .source = "keras.losses.Poisson"};
  }
  explicit Poisson(const sdk::Options&) {}
  template <class T>
  TERANGA_FORCE_INLINE Term<T> operator()(T p, T t) const {
    const T rate = p + T(1e-7);
    return {p - t * sdk::math::log(rate), 1 - t / rate};
  }
};

}  // namespace teranga::losses
