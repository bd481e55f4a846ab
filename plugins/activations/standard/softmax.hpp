// SPDX-License-Identifier: Apache-2.0
// Functions of whole rows: softmax and log_softmax along the last axis. The largest x of a row is taken off first, so that nothing overflows.
#pragma once

#include "pointwise.hpp"

namespace teranga::activations {

inline sdk::OptionSpec last_axis() { return sdk::integer("axis", -1).in(-1, -1).says("the axis that sums to 1: the last one only"); }

struct Softmax {
  static sdk::Info info() { return facts("softmax", "Probabilities along the last axis", "y_i = exp(x_i) / sum_j exp(x_j)", {last_axis()}); }
  static sdk::Info layer_info() {
    sdk::Info i = info();
    i.source = keras_layer("softmax");
    return i;
  }
  static constexpr std::int32_t needs = TRG_NEEDS_Y | TRG_WHOLE_ROWS;
  explicit Softmax(const sdk::Options&) {}

  template <class T>
  void value(sdk::Block<T> b) const {
    const std::int64_t n = b.length;
    for (std::int64_t r = 0; r < b.rows; ++r) {
      const T* x = b.x + r * n;
      T* y = b.y + r * n;
      const T top = sdk::largest(n, x);
      sdk::each(n, [=](std::int64_t i) { y[i] = sdk::math::exp(x[i] - top); });
      const T scale = 1 / sdk::sum<T>(n, [=](std::int64_t i) { return y[i]; });
      sdk::each(n, [=](std::int64_t i) { y[i] *= scale; });
    }
  }
  template <class T>
  void gradient(sdk::GradientBlock<T> b) const {
    const std::int64_t n = b.length;
    for (std::int64_t r = 0; r < b.rows; ++r) {
      const T *y = b.y + r * n, *dy = b.dy + r * n;
      T* dx = b.dx + r * n;
      const T dot = sdk::sum<T>(n, [=](std::int64_t i) { return y[i] * dy[i]; });
      sdk::each(n, [=](std::int64_t i) { dx[i] = y[i] * (dy[i] - dot); });
    }
  }
};

struct LogSoftmax {
  static sdk::Info info() { return facts("log_softmax", "Logarithms of probabilities along the last axis", "y_i = x_i - log(sum_j exp(x_j))", {last_axis()}); }
  static constexpr std::int32_t needs = TRG_NEEDS_Y | TRG_WHOLE_ROWS;
  explicit LogSoftmax(const sdk::Options&) {}

  template <class T>
  void value(sdk::Block<T> b) const {
    const std::int64_t n = b.length;
    for (std::int64_t r = 0; r < b.rows; ++r) {
      const T* x = b.x + r * n;
      T* y = b.y + r * n;
      const T top = sdk::largest(n, x);
      const T shift = sdk::math::log(sdk::sum<T>(n, [=](std::int64_t i) { return sdk::math::exp(x[i] - top); }));
      sdk::each(n, [=](std::int64_t i) { y[i] = (x[i] - top) - shift; });
    }
  }
  template <class T>
  void gradient(sdk::GradientBlock<T> b) const {
    const std::int64_t n = b.length;
    for (std::int64_t r = 0; r < b.rows; ++r) {
      const T *y = b.y + r * n, *dy = b.dy + r * n;
      T* dx = b.dx + r * n;
      const T total = sdk::sum<T>(n, [=](std::int64_t i) { return dy[i]; });
      sdk::each(n, [=](std::int64_t i) { dx[i] = dy[i] - sdk::math::exp(y[i]) * total; });
    }
  }
};

}  // namespace teranga::activations
