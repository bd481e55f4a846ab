// SPDX-License-Identifier: Apache-2.0
// Losses between distributions and counts: Kullback-Leibler divergences, Wasserstein distance, contrastive divergence and Poisson.
#pragma once

#include "elementwise.hpp"

namespace teranga::losses {

struct KlDivergence {
  static constexpr const char* name = "kl_divergence";
  static constexpr std::int32_t targets = TRG_TARGETS_DISTRIBUTION;
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
  static constexpr std::int32_t targets = TRG_TARGETS_COUNTS;
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

// The critic's part of a Wasserstein GAN: what it says of a sample, with the sign of the target.
struct Wasserstein {
  static constexpr const char* name = "wasserstein";
  static constexpr Over over = Over::mean;
  static sdk::Info info() {
    return {.name = "teranga.wasserstein", .summary = "A critic's score with the sign of the target: 1 makes scores small, -1 makes them large",
            .formula = "loss = mean t p", .source = "Arjovsky, Chintala, Bottou 2017, arXiv 1701.07875"};
  }
  explicit Wasserstein(const sdk::Options&) {}
  template <class T>
  TERANGA_FORCE_INLINE Term<T> operator()(T p, T t) const {
    return {t * p, t};
  }
};

// exp(v) - 1 - v. Near 0 the difference would cancel: there the first terms of the series.
template <class T>
TERANGA_FORCE_INLINE T exp_less_line(T v) {
  const T near = v * v / 2 * (1 + v / 3 * (1 + v / 4 * (1 + v / 5 * (1 + v / 6 * (1 + v / 7 * (1 + v / 8))))));
  return sdk::math::abs(v) < T(0.1) ? near : sdk::math::expm1(v) - v;
}

// The divergence of a variational autoencoder's codes from the standard normal distribution. It has no target.
struct NormalDivergence {
  static constexpr std::int32_t target_count = 0;
  static sdk::Info info() {
    return {.name = "teranga.normal_divergence",
            .summary = "Kullback-Leibler divergence of normal distributions from the standard one; the last axis of the output holds their means, then the logarithms of their variances",
            .formula = "loss = 1/2 sum (m^2 + exp(v) - v - 1)", .source = "Kingma, Welling 2013, arXiv 1312.6114, appendix B"};
  }
  explicit NormalDivergence(const sdk::Options&) {}

  Pairing plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    const sdk::Shape prediction = c.prediction();
    if (prediction.rank() < 2 || prediction.last() % 2 != 0)
      throw sdk::ShapeError("normal_divergence expects an output whose last axis holds as many means as logarithms of variances, found " + prediction.text(), "prediction",
                            "concatenate the two layers: type = \"concatenate\", input = [\"z_mean\", \"z_log_var\"], with their names");
    Pairing pairing;
    answer.leading = pairing.leading = prediction.rank() - 1;
    pairing.length = prediction.last();
    for (std::int32_t axis = 1; axis < prediction.rank() - 1; ++axis) pairing.per_sample *= prediction[axis];
    return pairing;
  }

  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Pairing& pairing) const {
    const std::int64_t half = pairing.length / 2;
    for (std::int64_t row = 0; row < s.samples() * pairing.per_sample; ++row) {
      const T* mean = s.prediction().data + row * pairing.length;
      const T* log_variance = mean + half;
      T sum = 0;
      for (std::int64_t i = 0; i < half; ++i) sum += mean[i] * mean[i] + exp_less_line(log_variance[i]);
      s.values()[row] = static_cast<double>(sum) / 2;
      if (!s.d_prediction()) continue;
      T* gradient = s.d_prediction().data + row * pairing.length;
      const T weight = static_cast<T>(s.weights()[row]);
      for (std::int64_t i = 0; i < half; ++i) gradient[i] = weight * mean[i];
      for (std::int64_t i = 0; i < half; ++i) gradient[half + i] = weight * sdk::math::expm1(log_variance[i]) / 2;
    }
  }
};

// What an energy-based layer makes of the difference of two free energies is its rule already: the loss is that difference. It has no target.
struct ContrastiveDivergence {
  static constexpr std::int32_t target_count = 0;
  static sdk::Info info() {
    return {.name = "teranga.contrastive_divergence", .summary = "The output itself: for the output \"contrast\" of a restricted_boltzmann_machine, F(v) - F(v'), whose gradient is contrastive divergence",
            .formula = "loss = p", .source = "Hinton, Neural Computation 14, 2002"};
  }
  explicit ContrastiveDivergence(const sdk::Options&) {}

  Pairing plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    const sdk::Shape prediction = c.prediction();
    if (prediction.rank() != 2 || prediction.last() != 1)
      throw sdk::ShapeError("contrastive_divergence expects an output of shape (N, 1), found " + prediction.text(), "prediction",
                            "output = \"restricted_boltzmann_machine.contrast\" in the loss, with the name of the layer");
    answer.leading = 1;
    return {.leading = 1};
  }

  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Pairing&) const {
    for (std::int64_t row = 0; row < s.samples(); ++row) {
      s.values()[row] = static_cast<double>(s.prediction()[row]);
      if (s.d_prediction()) s.d_prediction()[row] = static_cast<T>(s.weights()[row]);
    }
  }
};

}  // namespace teranga::losses
