// SPDX-License-Identifier: Apache-2.0
// Bounded curves: sigmoid, hard_sigmoid, tanh and softsign.
#pragma once

#include "pointwise.hpp"

namespace teranga::activations {

struct Sigmoid : Pointwise<Sigmoid> {
  using Pointwise::Pointwise;
  static sdk::Info info() { return facts("sigmoid", "Logistic function", "y = 1 / (1 + exp(-x))"); }
  static constexpr std::int32_t needs = TRG_NEEDS_Y;
  template <class T>
  T f(T x) const { return sdk::math::sigmoid(x); }
  template <class T>
  T df(T, T y) const { return y * (1 - y); }
};

struct HardSigmoid : Pointwise<HardSigmoid> {
  using Pointwise::Pointwise;
  static sdk::Info info() { return facts("hard_sigmoid", "Approximation of the sigmoid by three straight lines", "y = relu6(x + 3) / 6"); }
  static constexpr std::int32_t needs = TRG_NEEDS_Y;
  template <class T>
  T f(T x) const { return sdk::math::at_most(sdk::math::at_least(x + 3, 0), 6) * T(1.0 / 6); }
  template <class T>
  T df(T, T y) const { return y > 0 && y < 6 * T(1.0 / 6) ? T(1.0 / 6) : T(0); }
};

struct Tanh : Pointwise<Tanh> {
  using Pointwise::Pointwise;
  static sdk::Info info() { return facts("tanh", "Hyperbolic tangent", "y = tanh(x)"); }
  static constexpr std::int32_t needs = TRG_NEEDS_Y;
  template <class T>
  T f(T x) const { return sdk::math::tanh(x); }
  template <class T>
  T df(T, T y) const { return 1 - y * y; }
};

struct Softsign : Pointwise<Softsign> {
  using Pointwise::Pointwise;
  static sdk::Info info() { return facts("softsign", "Input divided by 1 plus its absolute value", "y = x / (1 + |x|)"); }
  static constexpr std::int32_t needs = TRG_NEEDS_X;
  template <class T>
  T f(T x) const { return x / (1 + sdk::math::abs(x)); }
  template <class T>
  T df(T x, T) const {
    const T r = 1 / (1 + sdk::math::abs(x));
    return r * r;
  }
};

}  // namespace teranga::activations
