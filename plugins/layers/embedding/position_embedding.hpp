// SPDX-License-Identifier: Apache-2.0
// A learnt vector for each position, added: y [N, .., T, C] = x + embeddings [S, C] of which the first T <= S rows serve. KerasHub's PositionEmbedding
// gives the table alone, to be added by the user; here a chain of layers can hold it.
#pragma once

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct PositionEmbedding {
  static sdk::LayerInfo info() {
    return {.name = "teranga.position_embedding",
            .author = "Teranga",
            .summary = "Adds a learnt vector for each position",
            .formula = "y[n,t] = x[n,t] + embeddings[t]",
            .source = "https://keras.io/keras_hub/api/modeling_layers/position_embedding/",
            .options = {sdk::integer("sequence_length").at_least(1).says("rows of the table: the largest number of positions"),
                        sdk::component("initializer", "initializer", "glorot_uniform").says("first values of the embeddings (sequence_length, features)")}};
  }

  std::int64_t positions;
  sdk::Component initializer;
  explicit PositionEmbedding(const sdk::Options& options) : positions(options.integer("sequence_length")), initializer(options.component("initializer")) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() < 3) throw sdk::ShapeError("position_embedding expects an input of rank 3 or more (samples, ..., steps, features), found " + x.shape.text(), x.name);
    const std::int64_t steps = x.shape[-2];
    if (steps > positions)
      throw sdk::ShapeError("position_embedding has a table of " + std::to_string(positions) + " positions, found " + std::to_string(steps) + " steps in an input of shape " + x.shape.text(),
                            x.name, "sequence_length = " + std::to_string(steps));
    p.input_flags(x, TRG_MASK_PASSES);
    p.output(x.shape, {.shares_with = 0});
    p.parameter("embeddings", {positions, x.shape.last()}, sdk::chosen(initializer));
    p.offers(TRG_BACKWARD_PARAMS, TRG_SLICE | TRG_RANGE, steps, 1);
    p.cost(static_cast<double>(x.shape.count()));
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const T* table = s.parameter(0).data;
    const std::int64_t size = matrix(s);
    for (std::int64_t at = 0; at < s.in(0).count(); at += size) {
      const T* x = s.in(0).data + at;
      T* y = s.out(0).data + at;
      sdk::each(size, [=](std::int64_t i) { y[i] = x[i] + table[i]; });
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const { sdk::pass_on(s.d_out(0), s.d_in(0)); }

  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    const auto dy = s.d_out(0);
    const auto de = s.d_parameter(0);
    if (!dy || !de) return;
    const std::int64_t size = matrix(s), begin = s.range_begin() * dy.last, end = s.range_end() > 0 ? s.range_end() * dy.last : size;
    for (std::int64_t at = 0; at < dy.count(); at += size) {
      const T* from = dy.data + at + begin;
      T* into = de.data + begin;
      sdk::each(end - begin, [=](std::int64_t i) { into[i] += from[i]; });
    }
  }

 private:
  // Numbers of the steps x features that the table is added to.
  template <class T>
  static std::int64_t matrix(const sdk::Slice<T>& s) {
    const trg_tensor& y = s.native().outputs[0];
    return y.shape[y.rank - 2] * y.shape[y.rank - 1];
  }
};

}  // namespace teranga::layers
