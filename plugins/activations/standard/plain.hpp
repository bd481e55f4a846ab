// SPDX-License-Identifier: Apache-2.0
// The simplest ones: linear, step, exponential and softplus.
#pragma once

#include "pointwise.hpp"

namespace teranga::activations {

struct Linear : Pointwise<Linear> {
  using Pointwise::Pointwise;
  static sdk::Info info() { return facts("linear", "Returns its input unchanged", "y = x"); }
  static constexpr std::int32_t needs = 0;
  template <class T>
  T f(T x) const { return x; }
  template <class T>
  T df(T, T) const { return 1; }
};

// The perceptron's: no gradient passes, so that a net with it learns by the perceptron criterion only.
struct Step : Pointwise<Step> {
  using Pointwise::Pointwise;
  static sdk::Info info() {
    sdk::Info i = facts("step", "Heaviside step of the classical perceptron; it has no gradient", "y = 1 if x >= 0 else 0");
    i.source = "Rosenblatt, The perceptron: a probabilistic model for information storage and organization in the brain, 1958";
    return i;
  }
  static constexpr std::int32_t needs = TRG_GRADIENT_NONE;
  template <class T>
  T f(T x) const { return x >= 0 ? T(1) : T(0); }
  template <class T>
  T df(T, T) const { return 0; }
};

struct Exponential : Pointwise<Exponential> {
  using Pointwise::Pointwise;
  static sdk::Info info() { return facts("exponential", "Exponential function", "y = exp(x)"); }
  static constexpr std::int32_t needs = TRG_NEEDS_Y;
  template <class T>
  T f(T x) const { return sdk::math::exp(x); }
  template <class T>
  T df(T, T y) const { return y; }
};

struct Softplus : Pointwise<Softplus> {
  using Pointwise::Pointwise;
  static sdk::Info info() { return facts("softplus", "Smooth form of relu", "y = log(1 + exp(x))"); }
  static constexpr std::int32_t needs = TRG_NEEDS_Y;
  template <class T>
  T f(T x) const { return sdk::math::softplus(x); }
  template <class T>
  T df(T, T y) const { return -sdk::math::expm1(-y); }  // sigmoid(x)
};

}  // namespace teranga::activations
