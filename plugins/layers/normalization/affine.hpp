// SPDX-License-Identifier: Apache-2.0
// The options and parameters that normalisations share: gamma (a factor) and beta (an offset), in this order, each of which may be left out.
#pragma once

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct Affine {
  static std::vector<sdk::OptionSpec> options(std::vector<sdk::OptionSpec> own) {
    own.push_back(sdk::boolean("center", true).says("whether the offset beta is learnt"));
    own.push_back(sdk::boolean("scale", true).says("whether the factor gamma is learnt"));
    own.push_back(sdk::component("beta_initializer", "initializer", "zeros").says("first values of beta"));
    own.push_back(sdk::component("gamma_initializer", "initializer", "ones").says("first values of gamma"));
    own.push_back(sdk::component("beta_regularizer", "regularizer").says("penalty on beta: { l1 = ..., l2 = ... }"));
    own.push_back(sdk::component("gamma_regularizer", "regularizer").says("penalty on gamma: { l1 = ..., l2 = ... }"));
    return own;
  }

  bool center, scale;
  sdk::Component beta_initializer, gamma_initializer;
  sdk::Penalty beta_penalty, gamma_penalty;

  explicit Affine(const sdk::Options& o)
      : center(o.boolean("center")),
        scale(o.boolean("scale")),
        beta_initializer(o.component("beta_initializer")),
        gamma_initializer(o.component("gamma_initializer")),
        beta_penalty(sdk::Penalty::of(o.component("beta_regularizer"))),
        gamma_penalty(sdk::Penalty::of(o.component("gamma_regularizer"))) {}

  void declare(sdk::LayerPlan& p, const sdk::Shape& shape) const {
    if (scale) p.parameter("gamma", shape, sdk::chosen(gamma_initializer), {.penalty = gamma_penalty});
    if (center) p.parameter("beta", shape, sdk::chosen(beta_initializer), {.penalty = beta_penalty});
  }
  // Null where it is left out.
  template <class T>
  const T* gamma(const sdk::Slice<T>& s) const { return scale ? s.parameter(0).data : nullptr; }
  template <class T>
  const T* beta(const sdk::Slice<T>& s) const { return center ? s.parameter(scale ? 1 : 0).data : nullptr; }
  // Null where it is left out or not wanted.
  template <class T>
  T* d_gamma(const sdk::Slice<T>& s) const { return scale ? s.d_parameter(0).data : nullptr; }
  template <class T>
  T* d_beta(const sdk::Slice<T>& s) const { return center ? s.d_parameter(scale ? 1 : 0).data : nullptr; }
};

}  // namespace teranga::layers
