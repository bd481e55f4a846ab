// SPDX-License-Identifier: Apache-2.0
// Layer normalisation: each row of L elements (the last axes of a sample) is brought to mean 0 and variance 1. Mean and variance are taken in two
// passes over the cached row, the mean of the distances from the first element, so that a large mean costs no digits and a constant row becomes 0.
#pragma once

#include <cmath>

#include "affine.hpp"

namespace teranga::layers {

struct LayerNormalization {
  static sdk::LayerInfo info() {
    return {.name = "teranga.layer_normalization",
            .author = "Teranga",
            .summary = "Normalises each sample over its last axes",
            .formula = "y = gamma (x - mean) / sqrt(variance + epsilon) + beta",
            .source = "https://keras.io/api/layers/normalization_layers/layer_normalization/",
            .options = Affine::options({sdk::integers("axis", {-1}).items(1, 8).says("axes that are normalised together: the last one or the last few"),
                                        sdk::real("epsilon", 1e-3).above(0).says("added to the variance")})};
  }
  std::vector<std::int64_t> axes;
  double epsilon;
  Affine affine;
  explicit LayerNormalization(const sdk::Options& options) : axes(options.integers("axis")), epsilon(options.real("epsilon")), affine(options) {}

  struct Rows {
    std::int64_t length, per_sample;
  };
  Rows plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    const std::int64_t count = static_cast<std::int64_t>(axes.size()), rank = x.shape.rank();
    std::vector<bool> named(static_cast<std::size_t>(rank));
    for (const std::int64_t axis : axes) {
      const std::int64_t at = axis < 0 ? axis + rank : axis;
      if (at < rank - count || at < 1 || at >= rank || named[static_cast<std::size_t>(at)])
        throw sdk::OptionError("axis", "must name the last " + std::to_string(count) + " axes of an input of shape " + x.shape.text() + ", without the samples", rank > 1 ? "axis = [-1]" : "add a layer of type \"reshape\" with target_shape = [1] before it");
      named[static_cast<std::size_t>(at)] = true;
    }
    sdk::Shape shape;
    for (std::int64_t at = rank - count; at < rank; ++at) shape.push_back(x.shape[at]);
    const Rows rows{shape.count(), x.shape.row() / shape.count()};
    p.input_flags(x, TRG_MASK_PASSES);
    p.read_in_backward(x);
    p.output(x.shape);
    affine.declare(p, shape);
    if (p.mode() != TRG_INFERENCE) p.saved_per_sample(2 * rows.per_sample);
    p.scratch(2 * rows.length);
    p.cost(8.0 * static_cast<double>(x.shape.count()));
    return {rows.length, p.mode() == TRG_INFERENCE ? -rows.per_sample : rows.per_sample};
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Rows& rows) const {
    const T *gamma = affine.gamma(s), *beta = affine.beta(s);
    const std::int64_t n = rows.length;
    const bool saves = rows.per_sample > 0;
    for (std::int64_t r = 0; r < s.in(0).count() / n; ++r) {
      const T* x = s.in(0).data + r * n;
      T* y = s.out(0).data + r * n;
      const T first = x[0], mean = first + sdk::sum<T>(n, [=](std::int64_t i) { return x[i] - first; }) / static_cast<T>(n);
      const T square = sdk::sum<T>(n, [=](std::int64_t i) { return (x[i] - mean) * (x[i] - mean); });
      const T inverse = 1 / std::sqrt(square / static_cast<T>(n) + static_cast<T>(epsilon));
      if (saves) s.saved()[2 * r] = mean, s.saved()[2 * r + 1] = inverse;
      if (gamma && beta) sdk::each(n, [=](std::int64_t i) { y[i] = (x[i] - mean) * inverse * gamma[i] + beta[i]; });
      else if (gamma) sdk::each(n, [=](std::int64_t i) { y[i] = (x[i] - mean) * inverse * gamma[i]; });
      else if (beta) sdk::each(n, [=](std::int64_t i) { y[i] = (x[i] - mean) * inverse + beta[i]; });
      else sdk::each(n, [=](std::int64_t i) { y[i] = (x[i] - mean) * inverse; });
    }
  }

  template <class T>
  void backward(const sdk::Slice<T>& s, const Rows& rows) const {
    if (!s.d_in(0) || !s.d_out(0)) return sdk::pass_on(s.d_out(0), s.d_in(0));
    const T* gamma = affine.gamma(s);
    const std::int64_t n = rows.length;
    T *g = s.scratch(), *normal = g + n;
    for (std::int64_t r = 0; r < s.in(0).count() / n; ++r) {
      const T *x = s.in(0).data + r * n, *dy = s.d_out(0).data + r * n;
      T* dx = s.d_in(0).data + r * n;
      const T mean = s.saved()[2 * r], inverse = s.saved()[2 * r + 1];
      sdk::each(n, [=](std::int64_t i) { normal[i] = (x[i] - mean) * inverse; });
      if (gamma) sdk::each(n, [=](std::int64_t i) { g[i] = dy[i] * gamma[i]; });
      else sdk::each(n, [=](std::int64_t i) { g[i] = dy[i]; });
      const T a = sdk::sum<T>(n, [=](std::int64_t i) { return g[i]; }) / static_cast<T>(n);
      const T b = sdk::sum<T>(n, [=](std::int64_t i) { return g[i] * normal[i]; }) / static_cast<T>(n);
      sdk::each(n, [=](std::int64_t i) { dx[i] = inverse * (g[i] - a - normal[i] * b); });
    }
  }

  template <class T>
  void backward_params(const sdk::Slice<T>& s, const Rows& rows) const {
    const auto dy = s.d_out(0);
    if (!dy) return;
    const std::int64_t n = rows.length;
    T *dgamma = affine.d_gamma(s), *dbeta = affine.d_beta(s);
    for (std::int64_t r = 0; dgamma && r < dy.count() / n; ++r) {
      const T *x = s.in(0).data + r * n, *d = dy.data + r * n;
      const T mean = s.saved()[2 * r], inverse = s.saved()[2 * r + 1];
      sdk::each(n, [=](std::int64_t i) { dgamma[i] += d[i] * ((x[i] - mean) * inverse); });
    }
    if (dbeta) sdk::add_column_sums(dy.data, dy.count() / n, n, dbeta);
  }
};

}  // namespace teranga::layers
