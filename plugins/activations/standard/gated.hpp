// SPDX-License-Identifier: Apache-2.0
// x times a gate of x: gelu, silu (also called swish) and mish. Their gradient reads x.
#pragma once

#include "pointwise.hpp"

namespace teranga::activations {

struct Gelu : Pointwise<Gelu> {
  static sdk::Info info() {
    return facts("gelu", "Gaussian error linear unit", "y = x Phi(x); approximate: x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))",
                 {sdk::boolean("approximate", false).says("the tanh form of the first BERT")});
  }
  static constexpr std::int32_t needs = TRG_NEEDS_X;
  static constexpr double root = 0.79788456080286535588;  // sqrt(2 / pi)
  bool approximate;
  explicit Gelu(const sdk::Options& options) : Pointwise(options), approximate(options.boolean("approximate")) {}

  template <class T>
  static T phi(T x) { return T(0.5) * (1 + sdk::math::erf(x * T(0.70710678118654752440))); }
  template <class T>
  static T bend(T x) { return sdk::math::tanh(T(root) * (x + T(0.044715) * x * x * x)); }

  template <class T>
  void value(sdk::Block<T> b) const {
    if (approximate) sdk::each(b.count(), [=](std::int64_t i) { b.y[i] = T(0.5) * b.x[i] * (1 + bend(b.x[i])); });
    else sdk::each(b.count(), [=](std::int64_t i) { b.y[i] = b.x[i] * phi(b.x[i]); });
  }
  template <class T>
  void gradient(sdk::GradientBlock<T> b) const {
    if (approximate) {
      sdk::each(b.count(), [=](std::int64_t i) {
        const T x = b.x[i], h = bend(x);
        b.dx[i] = b.dy[i] * T(0.5) * (1 + h + x * (1 - h * h) * T(root) * (1 + T(3 * 0.044715) * x * x));
      });
    } else {
      sdk::each(b.count(), [=](std::int64_t i) {
        const T x = b.x[i];
        b.dx[i] = b.dy[i] * (phi(x) + x * T(0.5 * root) * sdk::math::exp(T(-0.5) * x * x));
      });
    }
  }
};

struct Silu : Pointwise<Silu> {
  using Pointwise::Pointwise;
  static sdk::Info named(const std::string& name, const std::string& summary) { return facts(name, summary, "y = x / (1 + exp(-x))"); }
  static sdk::Info info() { return named("silu", "Sigmoid linear unit, also known as swish"); }
  static constexpr std::int32_t needs = TRG_NEEDS_X;
  template <class T>
  T f(T x) const { return x * sdk::math::sigmoid(x); }
  template <class T>
  T df(T x, T) const {
    const T s = sdk::math::sigmoid(x);
    return s * (1 + x * (1 - s));
  }
};

struct Swish : Silu {
  using Silu::Silu;
  static sdk::Info info() { return named("swish", "Another name for silu"); }
};

struct Mish : Pointwise<Mish> {
  using Pointwise::Pointwise;
  static sdk::Info info() { return facts("mish", "Input times the hyperbolic tangent of its softplus", "y = x tanh(log(1 + exp(x)))"); }
  static constexpr std::int32_t needs = TRG_NEEDS_X;
  template <class T>
  T f(T x) const { return x * sdk::math::tanh(sdk::math::softplus(x)); }
  template <class T>
  T df(T x, T) const {
    const T h = sdk::math::tanh(sdk::math::softplus(x));
    return h + x * (1 - h * h) * sdk::math::sigmoid(x);
  }
};

}  // namespace teranga::activations
