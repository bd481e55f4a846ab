// SPDX-License-Identifier: Apache-2.0
// A learnt number for each feature, added: y [N, .., C] = x + bias [C]. Behind tied_dense it makes the bias that the embedding does not share.
#pragma once

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct Bias {
  static sdk::LayerInfo info() {
    return {.name = "teranga.bias",
            .author = "Teranga",
            .summary = "Adds a learnt number to each feature",
            .formula = "y = x + bias",
            .source = "the bias of keras.layers.Dense",
            .options = {sdk::component("bias_initializer", "initializer", "zeros").says("first values of the bias (features)")}};
  }
  sdk::Component initializer;
  explicit Bias(const sdk::Options& options) : initializer(options.component("bias_initializer")) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() < 2) throw sdk::ShapeError("bias expects an input of rank 2 or more (samples, ..., features), found " + x.shape.text(), x.name);
    p.input_flags(x, TRG_MASK_PASSES);
    p.output(x.shape, {.shares_with = 0});
    p.parameter("bias", {x.shape.last()}, sdk::chosen(initializer));
    p.cost(static_cast<double>(x.shape.count()));
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0), y = s.out(0), bias = s.parameter(0);
    for (std::int64_t at = 0; at < x.count(); at += x.last) {
      const T *from = x.data + at, *b = bias.data;
      T* to = y.data + at;
      sdk::each(x.last, [=](std::int64_t c) { to[c] = from[c] + b[c]; });
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const { sdk::pass_on(s.d_out(0), s.d_in(0)); }
  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    const auto dy = s.d_out(0);
    const auto db = s.d_parameter(0);
    if (dy && db) sdk::add_column_sums(dy.data, dy.count() / dy.last, dy.last, db.data);
  }
};

}  // namespace teranga::layers
