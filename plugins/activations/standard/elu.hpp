// SPDX-License-Identifier: Apache-2.0
// Exponential units: elu and selu, with the gradient read from y.
#pragma once

#include "pointwise.hpp"

namespace teranga::activations {

struct Elu : Pointwise<Elu> {
  static sdk::Info info() {
    return facts("elu", "Exponential linear unit", "y = x if x > 0 else alpha (exp(x) - 1)", {sdk::real("alpha", 1.0).at_least(0).says("-alpha is the limit towards minus infinity")});
  }
  static sdk::Info layer_info() {
    sdk::Info i = info();
    i.source = keras_layer("elu");
    return i;
  }
  static constexpr std::int32_t needs = TRG_NEEDS_Y;
  double alpha;
  explicit Elu(const sdk::Options& options) : Pointwise(options), alpha(options.real("alpha")) {}
  template <class T>
  T f(T x) const {
    const T low = static_cast<T>(alpha) * sdk::math::expm1(sdk::math::at_most(x, 0));
    return x > 0 ? x : low;
  }
  template <class T>
  T df(T, T y) const { return y > 0 ? T(1) : y + static_cast<T>(alpha); }
};

struct Selu : Pointwise<Selu> {
  using Pointwise::Pointwise;
  static sdk::Info info() {
    return facts("selu", "Scaled exponential linear unit, for self-normalising networks with lecun_normal", "y = scale (x if x > 0 else alpha (exp(x) - 1)), scale = 1.0507, alpha = 1.6733");
  }
  static constexpr std::int32_t needs = TRG_NEEDS_Y;
  static constexpr double scale = 1.0507009873554804934, alpha = 1.6732632423543772848;
  template <class T>
  T f(T x) const {
    const T low = static_cast<T>(scale * alpha) * sdk::math::expm1(sdk::math::at_most(x, 0));
    return x > 0 ? static_cast<T>(scale) * x : low;
  }
  template <class T>
  T df(T, T y) const { return y > 0 ? static_cast<T>(scale) : y + static_cast<T>(scale * alpha); }
};

}  // namespace teranga::activations
