// SPDX-License-Identifier: Apache-2.0
// Turns a sequence round: y[:, t] = x[:, T - 1 - t]. What makes the two directions of a bidirectional layer speak of the same step. A mask is
// passed on as it is: it is that of the steps in their own order, which the output has again.
#pragma once

#include <algorithm>

#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct ReverseTime {
  static sdk::LayerInfo info() {
    return {.name = "teranga.reverse_time",
            .author = "Teranga",
            .summary = "Reverses the order of the steps of a sequence",
            .formula = "y[:, t] = x[:, T - 1 - t]",
            .source = "keras.ops.flip(x, axis=1)"};
  }
  explicit ReverseTime(const sdk::Options&) {}

  std::int64_t plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() < 2) throw sdk::ShapeError("expects an input of rank 2 or more (samples, steps, ...), found " + x.shape.text(), x.name);
    p.output(x.shape);
    p.input_flags(x, TRG_MASK_PASSES);
    return x.shape[1];
  }

  template <class T>
  static void turn(const T* from, T* to, std::int64_t samples, std::int64_t steps, std::int64_t step) {
    for (std::int64_t n = 0; n < samples; ++n)
      for (std::int64_t t = 0; t < steps; ++t) std::copy_n(from + (n * steps + t) * step, step, to + (n * steps + steps - 1 - t) * step);
  }
  template <class T>
  void forward(const sdk::Slice<T>& s, std::int64_t steps) const {
    const auto x = s.in(0);
    turn(x.data, s.out(0).data, x.rows, steps, x.row / steps);
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, std::int64_t steps) const {
    const auto dx = s.d_in(0);
    if (!dx) return;
    if (const auto dy = s.d_out(0)) turn(dy.data, dx.data, dx.rows, steps, dx.row / steps);
    else std::fill_n(dx.data, dx.count(), T(0));
  }
};

}  // namespace teranga::layers
