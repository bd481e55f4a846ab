// SPDX-License-Identifier: Apache-2.0
// Fully connected: y [..., U] = x [..., C] kernel [C, U] + bias [U], over the last axis of an input of any rank. Each call is one product; by ranges a
// product is cut along the columns of its result (forward: units, backward: channels) or along the rows of the kernel (its gradient).
#pragma once

#include <algorithm>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct Dense {
  static sdk::LayerInfo info() {
    return {.name = "teranga.dense",
            .author = "Teranga",
            .summary = "Fully connected layer over the last axis",
            .formula = "y = x kernel + bias",
            .source = "https://keras.io/api/layers/core_layers/dense/",
            .options = {sdk::integer("units").at_least(1).says("width of the output"), sdk::boolean("use_bias", true).says("whether a bias is added"),
                        sdk::component("kernel_initializer", "initializer", "glorot_uniform").says("first values of the kernel (input width, units)"),
                        sdk::component("bias_initializer", "initializer", "zeros").says("first values of the bias (units)"),
                        sdk::component("kernel_regularizer", "regularizer").says("penalty on the kernel: { l1 = ..., l2 = ... }"),
                        sdk::component("bias_regularizer", "regularizer").says("penalty on the bias: { l1 = ..., l2 = ... }")}};
  }

  std::int64_t units;
  bool use_bias;
  sdk::Component kernel_initializer, bias_initializer;
  sdk::Penalty kernel_penalty, bias_penalty;

  explicit Dense(const sdk::Options& options)
      : units(options.integer("units")),
        use_bias(options.boolean("use_bias")),
        kernel_initializer(options.component("kernel_initializer")),
        bias_initializer(options.component("bias_initializer")),
        kernel_penalty(sdk::Penalty::of(options.component("kernel_regularizer"))),
        bias_penalty(sdk::Penalty::of(options.component("bias_regularizer"))) {}

  void plan(sdk::LayerPlan& p) const {
    const std::int32_t given = p.input(0).type;
    if (given == TRG_I32 || given == TRG_I64)
      throw sdk::ShapeError("dense expects floating-point numbers, found whole ones", p.input(0).name,
                            "for ids of words add two layers before it, type = \"embedding\" with input_dim = 10000 and output_dim = 16, then type = \"global_average_pooling1d\", or encoding = \"binary\" in [data] of texts; for quantities add a layer of type \"rescaling\" with scale = 1.0 before it");
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() < 2)
      throw sdk::ShapeError("dense expects an input of rank 2 or more (samples, ..., features), found " + x.shape.text(), x.name,
                            "add a layer of type \"reshape\" with target_shape = [1] before it");
    const std::int64_t channels = x.shape.last();
    sdk::Shape y = x.shape;
    y[-1] = units;
    p.output(y, {.flags = TRG_REPEATABLE});
    p.input_flags(x, TRG_MASK_PASSES);
    if (p.mode() == TRG_TRAINING) p.read_in_backward(x);
    p.parameter("kernel", {channels, units}, sdk::chosen(kernel_initializer), {.penalty = kernel_penalty});
    if (use_bias) p.parameter("bias", {units}, sdk::chosen(bias_initializer), {.penalty = bias_penalty});
    constexpr std::int64_t multiple = 16;
    p.offers(TRG_FORWARD, TRG_SLICE | TRG_RANGE, units, multiple);
    p.offers(TRG_BACKWARD, TRG_SLICE | TRG_RANGE, channels, multiple);
    p.offers(TRG_BACKWARD_PARAMS, TRG_SLICE | TRG_RANGE | TRG_FRESH, channels, multiple);
    p.cost(2.0 * static_cast<double>(x.shape.count()) * static_cast<double>(units));
  }

  // Columns or rows [begin, begin + count) that a call has to make, out of `all`.
  struct Part {
    std::int64_t begin, count;
  };
  template <class T>
  static Part part(const sdk::Slice<T>& s, std::int64_t all) {
    return s.range_end() > 0 ? Part{s.range_begin(), s.range_end() - s.range_begin()} : Part{0, all};
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0), w = s.parameter(0);
    const auto y = s.out(0);
    const std::int64_t rows = x.count() / x.last;
    const Part u = part(s, units);
    if (use_bias) {
      const T* bias = s.parameter(1).data + u.begin;
      for (std::int64_t r = 0; r < rows; ++r) std::copy_n(bias, u.count, y.data + r * units + u.begin);
    }
    sdk::gemm<T>({.m = rows, .n = u.count, .k = x.last, .a = x.data, .lda = x.last, .b = w.data + u.begin, .ldb = units,
                  .c = y.data + u.begin, .ldc = units, .beta = use_bias ? 1.0 : 0.0});
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const auto dx = s.d_in(0);
    const auto dy = s.d_out(0), w = s.parameter(0);
    if (!dx) return;
    const std::int64_t rows = dx.count() / dx.last;
    const Part c = part(s, dx.last);
    if (!dy) {
      for (std::int64_t r = 0; r < rows; ++r) std::fill_n(dx.data + r * dx.last + c.begin, c.count, T(0));
      return;
    }
    sdk::gemm<T>({.transpose_b = true, .m = rows, .n = c.count, .k = units, .a = dy.data, .lda = units, .b = w.data + c.begin * units, .ldb = units,
                  .c = dx.data + c.begin, .ldc = dx.last});
  }

  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    const auto dy = s.d_out(0);
    if (!dy) return forget(s);
    const std::int64_t rows = dy.count() / units;
    if (const auto dw = s.d_parameter(0)) {
      const auto x = s.in(0);
      const Part c = part(s, x.last);
      sdk::gemm<T>({.transpose_a = true, .m = c.count, .n = units, .k = rows, .a = x.data + c.begin, .lda = x.last, .b = dy.data, .ldb = units,
                    .c = dw.data + c.begin * units, .ldc = units, .beta = s.fresh() ? 0.0 : 1.0});
    }
    if (!use_bias || s.range_begin() != 0) return;
    if (const auto db = s.d_parameter(1)) {
      if (s.fresh()) std::fill_n(db.data, units, T(0));
      sdk::add_column_sums(dy.data, rows, units, db.data);
    }
  }

  // No gradient came.
  template <class T>
  void forget(const sdk::Slice<T>& s) const {
    if (!s.fresh()) return;
    const Part c = part(s, s.in(0).last);
    if (const auto dw = s.d_parameter(0)) std::fill_n(dw.data + c.begin * units, c.count * units, T(0));
    if (!use_bias || s.range_begin() != 0) return;
    if (const auto db = s.d_parameter(1)) std::fill_n(db.data, units, T(0));
  }
};

}  // namespace teranga::layers
