// SPDX-License-Identifier: Apache-2.0
// LAMB: Adam, whose step for a parameter is brought to the length of the parameter itself.
#pragma once

#include <cmath>
#include <vector>

#include <teranga/sdk/tensor_loops.hpp>
#include <teranga/sdk/training.hpp>

#include "adam.hpp"
#include "segment.hpp"

namespace teranga::optimizers {

struct Lamb {
  static sdk::Info info() {
    return {.name = "teranga.lamb", .summary = "Adam whose steps are as long as the parameter is large, for large batches",
            .formula = "m, v as adam; d = m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon); w -= rate |w| / |d| d, where |w| or |d| is 0: rate d",
            .source = "keras.optimizers.Lamb; arXiv 1904.00962", .options = {learning_rate(0.001), beta_1_option(), beta_2_option(), epsilon_option()}};
  }

  double beta_1, beta_2, epsilon;
  explicit Lamb(const sdk::Options& options) : beta_1(options.real("beta_1")), beta_2(options.real("beta_2")), epsilon(options.real("epsilon")) {}

  std::vector<const char*> slots() const { return {"momentum", "velocity"}; }

  template <class T>
  void update_tensor(const sdk::TensorUpdate<T>& u) const {
    const double t = static_cast<double>(u.step);
    const T unbias_1 = static_cast<T>(1 / (1 - std::pow(beta_1, t))), unbias_2 = static_cast<T>(1 / (1 - std::pow(beta_2, t)));
    const T take_1 = static_cast<T>(1 - beta_1), take_2 = static_cast<T>(1 - beta_2), eps = static_cast<T>(epsilon);
    T *const mean = u.slot(0), *const square = u.slot(1);
    const auto direction = [=](T m, T v) { return m * unbias_1 / (std::sqrt(v * unbias_2) + eps); };
    const double length = std::sqrt(sdk::sum_of_squares(u.weights, u.count));
    const double step = std::sqrt(sdk::sum_of_pieces(u.count, sdk::tensor_piece, [&](std::int64_t begin, std::int64_t end) {
      detail::loop(end - begin, mean + begin, u.gradient + begin, square + begin, [=](T& m, T g, T& v) {
        m += (g - m) * take_1;
        v += (g * g - v) * take_2;
      });
      return sdk::sum_in_lanes(begin, end, [=](std::int64_t i) {
        const double d = static_cast<double>(direction(mean[i], square[i]));
        return d * d;
      });
    }));
    const T scale = static_cast<T>(u.rate * (length > 0 && step > 0 ? length / step : 1));
    sdk::each_piece(u.count, sdk::tensor_piece, [&](std::int64_t begin, std::int64_t end) {
      detail::loop(end - begin, u.weights + begin, mean + begin, square + begin, [=](T& w, T m, T& v) { w -= scale * direction(m, v); });
    });
  }
};

}  // namespace teranga::optimizers
