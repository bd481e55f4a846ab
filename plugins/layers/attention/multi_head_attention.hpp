// SPDX-License-Identifier: Apache-2.0
// Multi-head attention (arXiv 1706.03762), with the parameters of keras.layers.MultiHeadAttention: query [N, T, C], value and key [N, S, ..] are mapped to
// heads, each of which looks from T queries at S keys, and the heads together to y [N, T, C]. One input attends to itself; of two the second is value
// and key; a third is the key. A key is seen where the masks of value and key keep it and, if causal, it is not behind the query; a query that its mask
// skips, or that sees no key, gets weights of 0. The mask of the query goes on.
#pragma once

#include <array>
#include <vector>

#include <teranga/sdk/layer.hpp>

#include "heads.hpp"
#include "projection.hpp"

namespace teranga::layers {

struct MultiHeadAttention {
  static sdk::LayerInfo info() {
    return {.name = "teranga.multi_head_attention",
            .author = "Teranga",
            .summary = "Attention of several heads, to itself or to another input",
            .formula = "y = concat_h(softmax(Q_h K_h^T / sqrt(key_dim)) V_h) W + b",
            .source = "https://keras.io/api/layers/attention_layers/multi_head_attention/",
            .options = {sdk::integer("num_heads").at_least(1).says("number of heads"), sdk::integer("key_dim").at_least(1).says("width of the queries and keys of a head"),
                        sdk::integer("value_dim", 0).at_least(0).says("width of the values of a head; 0: key_dim"),
                        sdk::real("dropout", 0.0).at_least(0).below(1).says("share of the attention weights that are dropped in training"),
                        sdk::boolean("use_bias", true).says("whether biases are added"),
                        sdk::integer("output_shape", 0).at_least(0).says("width of the output; 0: that of the query"),
                        sdk::boolean("use_causal_mask", false).says("whether a step attends only to itself and to earlier steps"),
                        sdk::component("kernel_initializer", "initializer", "glorot_uniform").says("first values of the four kernels"),
                        sdk::component("bias_initializer", "initializer", "zeros").says("first values of the four biases"),
                        sdk::component("kernel_regularizer", "regularizer").says("penalty on each kernel: { l1 = ..., l2 = ... }"),
                        sdk::component("bias_regularizer", "regularizer").says("penalty on each bias: { l1 = ..., l2 = ... }")}};
  }

  std::int64_t heads, key_dim, value_dim, output_width;
  double rate;
  bool use_bias, causal;
  sdk::Component kernel_initializer, bias_initializer;
  sdk::Penalty kernel_penalty, bias_penalty;

  explicit MultiHeadAttention(const sdk::Options& options)
      : heads(options.integer("num_heads")),
        key_dim(options.integer("key_dim")),
        value_dim(options.integer("value_dim") > 0 ? options.integer("value_dim") : key_dim),
        output_width(options.integer("output_shape")),
        rate(options.real("dropout")),
        use_bias(options.boolean("use_bias")),
        causal(options.boolean("use_causal_mask")),
        kernel_initializer(options.component("kernel_initializer")),
        bias_initializer(options.component("bias_initializer")),
        kernel_penalty(sdk::Penalty::of(options.component("kernel_regularizer"))),
        bias_penalty(sdk::Penalty::of(options.component("bias_regularizer"))) {}

  struct Plan {
    HeadSizes z;
    int value_port, key_port;
    Projection query, key, value, output;
    bool keeps;    // what forward makes is read in backward
    bool carried;  // backward leaves dQ, dK, dV to backward_params, which makes them itself where no gradient of an input is wanted
  };
  Plan plan(sdk::LayerPlan& p) const;
  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& plan) const;
  template <class T>
  void backward(const sdk::Slice<T>& s, const Plan& plan) const;
  template <class T>
  void backward_params(const sdk::Slice<T>& s, const Plan& plan) const;

 private:
  Projection project(sdk::LayerPlan& p, int& parameters, const std::string& name, const sdk::Shape& kernel, const sdk::Shape& bias) const;
};

}  // namespace teranga::layers

#include "multi_head_attention_calls.hpp"
