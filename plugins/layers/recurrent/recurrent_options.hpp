// SPDX-License-Identifier: Apache-2.0
// The options that all recurrent layers share, with Keras's names and defaults.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct RecurrentOptions {
  std::int64_t units;
  bool use_bias, return_sequences, return_state, go_backwards, stateful, resets_each_epoch;
  bool zeros_where_masked;  // of the output
  sdk::Component kernel_initializer, recurrent_initializer, bias_initializer;
  sdk::Penalty kernel_penalty, recurrent_penalty, bias_penalty;
  double dropout, recurrent_dropout;
  std::uint64_t stir = 0;  // the layer's own seed, mixed into the run's

  explicit RecurrentOptions(const sdk::Options& o)
      : units(o.integer("units")),
        use_bias(o.boolean("use_bias")),
        return_sequences(o.boolean("return_sequences")),
        return_state(o.boolean("return_state")),
        go_backwards(o.boolean("go_backwards")),
        stateful(o.boolean("stateful")),
        resets_each_epoch(o.boolean("resets_each_epoch")),
        zeros_where_masked(return_sequences && o.boolean("zero_output_for_mask")),
        kernel_initializer(o.component("kernel_initializer")),
        recurrent_initializer(o.component("recurrent_initializer")),
        bias_initializer(o.component("bias_initializer")),
        kernel_penalty(sdk::Penalty::of(o.component("kernel_regularizer"))),
        recurrent_penalty(sdk::Penalty::of(o.component("recurrent_regularizer"))),
        bias_penalty(sdk::Penalty::of(o.component("bias_regularizer"))),
        dropout(o.real("dropout")),
        recurrent_dropout(o.real("recurrent_dropout")) {
    if (o.has("seed")) stir = static_cast<std::uint64_t>(o.integer("seed")) * 0x9e3779b97f4a7c15u;
  }

  // `own` stand behind the activation, where Keras has them.
  static std::vector<sdk::OptionSpec> declared(std::vector<sdk::OptionSpec> own) {
    std::vector<sdk::OptionSpec> all = {sdk::integer("units").at_least(1).says("width of the state and of the output"),
                                        sdk::component("activation", "activation", "tanh").says("activation of the candidate, and of the output of an lstm")};
    for (sdk::OptionSpec& option : own) all.push_back(std::move(option));
    for (sdk::OptionSpec& option : common()) all.push_back(std::move(option));
    return all;
  }

 private:
  static std::vector<sdk::OptionSpec> common() {
    return {sdk::boolean("use_bias", true).says("whether a bias is added"),
            sdk::component("kernel_initializer", "initializer", "glorot_uniform").says("first values of the kernel (input width, gates x units)"),
            sdk::component("recurrent_initializer", "initializer", "orthogonal").says("first values of the recurrent kernel (units, gates x units)"),
            sdk::component("bias_initializer", "initializer", "zeros").says("first values of the bias"),
            sdk::component("kernel_regularizer", "regularizer").says("penalty on the kernel: { l1 = ..., l2 = ... }"),
            sdk::component("recurrent_regularizer", "regularizer").says("penalty on the recurrent kernel: { l1 = ..., l2 = ... }"),
            sdk::component("bias_regularizer", "regularizer").says("penalty on the bias: { l1 = ..., l2 = ... }"),
            sdk::real("dropout", 0.0).in(0, 1).says("share of the input features that are dropped, the same in all steps of a sample"),
            sdk::real("recurrent_dropout", 0.0).in(0, 1).says("share of the state that is dropped before the recurrent product, the same in all steps of a sample"),
            sdk::integer("seed", 0).optional().says("combined with the seed of the run; another number gives other dropout"),
            sdk::boolean("return_sequences", false).says("true: the outputs of all steps; false: the output of the last step"),
            sdk::boolean("return_state", false).says("whether the last states are additional outputs"),
            sdk::boolean("go_backwards", false).says("whether the steps are read from the last to the first; the outputs have the order of reading"),
            sdk::boolean("stateful", false).says("whether a row of a batch begins with the last state of the same row of the previous batch; needs shuffle = false and full batches; evaluation and prediction begin at zeros"),
            sdk::boolean("resets_each_epoch", false).says("whether the states of a stateful layer are set to zero when an epoch of the training begins, as by reset_state() of Keras"),
            sdk::boolean("zero_output_for_mask", false).says("whether the output of a masked step is zero instead of the output before it; with return_sequences"),
            sdk::boolean("unroll", false).says("accepted for compatibility with Keras; it has no effect")};
  }
};

}  // namespace teranga::layers
