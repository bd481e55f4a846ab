// SPDX-License-Identifier: Apache-2.0
// A vector as every step of a sequence: y [N, n, C] from x [N, C]; its gradient is the sum over the steps.
#pragma once

#include <algorithm>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct RepeatVector {
  static sdk::LayerInfo info() {
    return {.name = "teranga.repeat_vector", .author = "Teranga", .summary = "Repeats a vector as every step of a sequence", .formula = "y[t] = x for t in [0, n)",
            .source = "https://keras.io/api/layers/reshaping_layers/repeat_vector/",
            .options = {sdk::integer("n").at_least(1).says("steps of the sequence")}};
  }
  std::int64_t n;
  explicit RepeatVector(const sdk::Options& options) : n(options.integer("n")) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() != 2)
      throw sdk::ShapeError("repeat_vector expects an input of rank 2 (samples, features), found " + x.shape.text(), x.name, "add a layer of type \"flatten\" before it");
    p.output({x.shape[0], n, x.shape[1]});
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0);
    const auto y = s.out(0);
    for (std::int64_t i = 0; i < x.rows; ++i)
      for (std::int64_t t = 0; t < n; ++t) std::copy_n(x.at_row(i), x.row, y.at_row(i) + t * x.row);
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const auto dx = s.d_in(0);
    const auto dy = s.d_out(0);
    if (!dx) return;
    std::fill_n(dx.data, dx.count(), T(0));
    if (!dy) return;
    for (std::int64_t i = 0; i < dx.rows; ++i) sdk::add_column_sums(dy.at_row(i), n, dx.row, dx.at_row(i));
  }
};

}  // namespace teranga::layers
