// SPDX-License-Identifier: Apache-2.0
// The length of each capsule: x (N, ..., D) -> y (N, ...), y = |x| over the last axis. dx = dy x / |x|, and 0 for x = 0.
#pragma once

#include <cmath>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct CapsuleLength {
  static sdk::LayerInfo info() {
    return {.name = "teranga.capsule_length",
            .author = "Teranga",
            .summary = "Length of each capsule, which says how likely what it stands for is there",
            .formula = "y = sqrt(sum_d x_d^2)",
            .source = "Sabour, Frosst and Hinton 2017, arXiv 1710.09829"};
  }
  explicit CapsuleLength(const sdk::Options&) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() < 3) throw sdk::ShapeError("capsule_length expects an input of rank 3 or more (samples, capsules, numbers of a capsule), found " + x.shape.text(), x.name);
    p.read_in_backward(x);
    p.output(sdk::Shape(std::vector<std::int64_t>(x.shape.begin(), x.shape.end() - 1)), {.flags = TRG_READ_IN_BACKWARD});
    p.cost(2.0 * static_cast<double>(x.shape.count()));
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0);
    const auto y = s.out(0);
    for (std::int64_t i = 0; i < y.count(); ++i) {
      const T* const capsule = x.data + i * x.last;
      y[i] = std::sqrt(sdk::sum<T>(x.last, [=](std::int64_t d) { return capsule[d] * capsule[d]; }));
    }
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const auto dx = s.d_in(0);
    if (!dx) return;
    const T *const x = s.in(0).data, *const y = s.out(0).data, *const dy = s.d_out(0).data;
    for (std::int64_t i = 0; i < dx.count() / dx.last; ++i) {
      const T factor = y[i] > 0 ? dy[i] / y[i] : T(0), *const from = x + i * dx.last;
      T* const to = dx.data + i * dx.last;
      sdk::each(dx.last, [=](std::int64_t d) { to[d] = factor * from[d]; });
    }
  }
};

}  // namespace teranga::layers
