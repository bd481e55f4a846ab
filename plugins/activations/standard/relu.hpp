// SPDX-License-Identifier: Apache-2.0
// Rectifiers: relu with its three options, relu6 and leaky_relu. Their gradient is read from y where y tells on which side x was.
#pragma once

#include <limits>

#include "pointwise.hpp"

namespace teranga::activations {

struct Relu : Pointwise<Relu> {
  static sdk::Info info() {
    return facts("relu", "Rectified linear unit", "y = max_value if x >= max_value, x if threshold <= x, else negative_slope (x - threshold)",
                 {sdk::real("negative_slope", 0.0).says("slope below the threshold"),
                  sdk::real("max_value").optional().at_least(0).says("largest y; left out: no limit"),
                  sdk::real("threshold", 0.0).says("x from which on y = x")});
  }
  static sdk::Info layer_info() {
    sdk::Info i = info();
    i.source = keras_layer("relu");
    return i;
  }

  double slope, limit, threshold;
  explicit Relu(const sdk::Options& options)
      : Pointwise(options),
        slope(options.real("negative_slope")),
        limit(options.has("max_value") ? options.real("max_value") : std::numeric_limits<double>::infinity()),
        threshold(options.real("threshold")) {
    if (limit < threshold) throw sdk::OptionError("max_value", "is below threshold, so that y = x nowhere", "max_value = " + std::to_string(threshold + 1));
  }
  // Below the threshold y <= 0, and from it on y >= 0: unless it is negative, or the slope is, or the limit is 0.
  std::int32_t needs() const { return threshold < 0 || slope < 0 || limit == 0 ? TRG_NEEDS_X : TRG_NEEDS_Y; }

  template <class T>
  void value(sdk::Block<T> b) const {
    const T m = static_cast<T>(slope), top = static_cast<T>(limit), t = static_cast<T>(threshold);
    if (slope == 0 && threshold == 0) sdk::each(b.count(), [=](std::int64_t i) { b.y[i] = sdk::math::at_most(sdk::math::at_least(b.x[i], 0), top); });
    else sdk::each(b.count(), [=](std::int64_t i) { b.y[i] = b.x[i] < t ? m * (b.x[i] - t) : sdk::math::at_most(b.x[i], top); });
  }
  template <class T>
  void gradient(sdk::GradientBlock<T> b) const {
    const T m = static_cast<T>(slope), top = static_cast<T>(limit), t = static_cast<T>(threshold);
    if (needs() & TRG_NEEDS_X) sdk::each(b.count(), [=](std::int64_t i) { b.dx[i] = b.dy[i] * (b.x[i] < t ? m : b.x[i] < top ? T(1) : T(0)); });
    else sdk::each(b.count(), [=](std::int64_t i) { b.dx[i] = b.dy[i] * (b.y[i] > 0 ? (b.y[i] < top ? T(1) : T(0)) : m); });
  }
};

struct Relu6 : Pointwise<Relu6> {
  using Pointwise::Pointwise;
  static sdk::Info info() { return facts("relu6", "Rectified linear unit with an upper limit of 6", "y = min(max(x, 0), 6)"); }
  static constexpr std::int32_t needs = TRG_NEEDS_Y;
  template <class T>
  T f(T x) const { return sdk::math::at_most(sdk::math::at_least(x, 0), 6); }
  template <class T>
  T df(T, T y) const { return y > 0 && y < 6 ? T(1) : T(0); }
};

// At 0 the gradient is the slope, as in Keras on TensorFlow and PyTorch; on JAX it is 1.
struct LeakyRelu : Pointwise<LeakyRelu> {
  static sdk::Info info_with(double slope) {
    return facts("leaky_relu", "Rectified linear unit with a small slope below 0", "y = x if x > 0 else negative_slope x", {sdk::real("negative_slope", slope).at_least(0).says("slope below 0")});
  }
  static sdk::Info info() { return info_with(0.2); }
  // Keras's layer leaks more than its activation of the same name.
  static sdk::Info layer_info() {
    sdk::Info i = info_with(0.3);
    i.source = keras_layer("leaky_relu");
    return i;
  }
  static constexpr std::int32_t needs = TRG_NEEDS_Y;
  double slope;
  explicit LeakyRelu(const sdk::Options& options) : Pointwise(options), slope(options.real("negative_slope")) {}
  template <class T>
  T f(T x) const { return x > 0 ? x : static_cast<T>(slope) * x; }
  template <class T>
  T df(T, T y) const { return y > 0 ? T(1) : static_cast<T>(slope); }
};

}  // namespace teranga::activations
