// SPDX-License-Identifier: Apache-2.0
// A penalty on the outputs of a layer, as an activity_regularizer of Keras is.
#pragma once

#include "elementwise.hpp"

namespace teranga::losses {

// It has no target.
struct ActivityPenalty {
  static constexpr std::int32_t target_count = 0;
  static sdk::Info info() {
    return {.name = "teranga.activity_penalty",
            .summary = "Sums of absolute and of squared outputs of a layer, for sparse or small activations; activity_regularizer in a layer means it",
            .formula = "loss = l1 sum |y| + l2 sum y^2 of a sample", .source = "keras.layers.ActivityRegularization",
            .options = {sdk::real("l1", 0.0).in(0, 1e30).says("factor of the sum of absolute outputs"), sdk::real("l2", 0.0).in(0, 1e30).says("factor of the sum of squared outputs")}};
  }
  explicit ActivityPenalty(const sdk::Options& options) : l1(options.real("l1")), l2(options.real("l2")) {}

  Pairing plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    const sdk::Shape prediction = c.prediction();
    Pairing pairing;
    answer.leading = pairing.leading = 1;
    pairing.length = 1;
    for (std::int32_t axis = 1; axis < prediction.rank(); ++axis) pairing.length *= prediction[axis];
    return pairing;
  }

  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Pairing& pairing) const {
    for (std::int64_t row = 0; row < s.samples(); ++row) {
      const T* y = s.prediction().data + row * pairing.length;
      double magnitudes = 0, squares = 0;
      for (std::int64_t i = 0; i < pairing.length; ++i) magnitudes += static_cast<double>(sdk::math::abs(y[i])), squares += static_cast<double>(y[i]) * static_cast<double>(y[i]);
      s.values()[row] = l1 * magnitudes + l2 * squares;
      if (!s.d_prediction()) continue;
      T* gradient = s.d_prediction().data + row * pairing.length;
      const double weight = s.weights()[row];
      for (std::int64_t i = 0; i < pairing.length; ++i) gradient[i] = static_cast<T>(weight * (l1 * static_cast<double>((y[i] > 0) - (y[i] < 0)) + 2 * l2 * static_cast<double>(y[i])));
    }
  }

  double l1, l2;
};

}  // namespace teranga::losses
