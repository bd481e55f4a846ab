// SPDX-License-Identifier: Apache-2.0
// From features back to the vocabulary: logits y [..., V] = x [..., U] embeddings [V, U]^T. The parameter has the name and layout of an embedding's,
// so that `weights_of` makes both one: KerasHub's ReversibleEmbedding. Each call is one product; by ranges it is cut along V (forward, gradient
// of the embeddings) or U (backward).
#pragma once

#include <algorithm>

#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct TiedDense {
  static sdk::LayerInfo info() {
    return {.name = "teranga.tied_dense",
            .author = "Teranga",
            .summary = "Logits over a vocabulary from the weights of an embedding",
            .formula = "y = x embeddings^T",
            .source = "https://keras.io/keras_hub/api/modeling_layers/reversible_embedding/",
            .options = {sdk::integer("units").at_least(1).says("size of the vocabulary: input_dim of the embedding"),
                        sdk::component("embeddings_initializer", "initializer", "random_uniform").says("first values of the embeddings (units, input width), if the layer has embeddings of its own"),
                        sdk::component("embeddings_regularizer", "regularizer").says("penalty on the embeddings: { l1 = ..., l2 = ... }")}};
  }

  std::int64_t units;
  sdk::Component initializer;
  sdk::Penalty penalty;

  explicit TiedDense(const sdk::Options& options)
      : units(options.integer("units")),
        initializer(options.component("embeddings_initializer")),
        penalty(sdk::Penalty::of(options.component("embeddings_regularizer"))) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() < 2) throw sdk::ShapeError("tied_dense expects an input of rank 2 or more (samples, ..., features), found " + x.shape.text(), x.name);
    const std::int64_t width = x.shape.last();
    sdk::Shape y = x.shape;
    y[-1] = units;
    p.output(y);
    p.input_flags(x, TRG_MASK_PASSES | (p.mode() == TRG_TRAINING ? TRG_READ_IN_BACKWARD : 0));
    p.parameter("embeddings", {units, width}, sdk::chosen(initializer), {.penalty = penalty});
    constexpr std::int64_t multiple = 16;
    p.offers(TRG_FORWARD, TRG_SLICE | TRG_RANGE, units, multiple);
    p.offers(TRG_BACKWARD, TRG_SLICE | TRG_RANGE, width, multiple);
    p.offers(TRG_BACKWARD_PARAMS, TRG_SLICE | TRG_RANGE, units, multiple);
    p.cost(2.0 * static_cast<double>(x.shape.count()) * static_cast<double>(units));
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0), e = s.parameter(0);
    const Part v = part(s, units);
    sdk::gemm<T>({.transpose_b = true, .m = x.count() / x.last, .n = v.count, .k = x.last, .a = x.data, .lda = x.last, .b = e.data + v.begin * x.last, .ldb = x.last,
                  .c = s.out(0).data + v.begin, .ldc = units});
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const auto dx = s.d_in(0);
    const auto dy = s.d_out(0), e = s.parameter(0);
    if (!dx) return;
    const std::int64_t rows = dx.count() / dx.last;
    const Part u = part(s, dx.last);
    if (!dy) {
      for (std::int64_t r = 0; r < rows; ++r) std::fill_n(dx.data + r * dx.last + u.begin, u.count, T(0));
      return;
    }
    sdk::gemm<T>({.m = rows, .n = u.count, .k = units, .a = dy.data, .lda = units, .b = e.data + u.begin, .ldb = dx.last, .c = dx.data + u.begin, .ldc = dx.last});
  }

  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    const auto dy = s.d_out(0), x = s.in(0);
    const auto de = s.d_parameter(0);
    if (!dy || !de) return;
    const Part v = part(s, units);
    sdk::gemm<T>({.transpose_a = true, .m = v.count, .n = x.last, .k = dy.count() / units, .a = dy.data + v.begin, .lda = units, .b = x.data, .ldb = x.last,
                  .c = de.data + v.begin * x.last, .ldc = x.last, .beta = 1});
  }

 private:
  struct Part {
    std::int64_t begin, count;
  };
  template <class T>
  static Part part(const sdk::Slice<T>& s, std::int64_t all) {
    return s.range_end() > 0 ? Part{s.range_begin(), s.range_end() - s.range_begin()} : Part{0, all};
  }
};

}  // namespace teranga::layers
