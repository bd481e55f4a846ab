// SPDX-License-Identifier: Apache-2.0
// A right layer with a shared state, sums over the batch and masks, for guests that spoil one of them.
#pragma once

#include <algorithm>

#include "right.hpp"

namespace zoo {

// y = x - mean in the steps that the mask keeps, and 0 in the others; mean is a running mean of the kept steps.
struct Centred {
  static sdk::LayerInfo info() { return {.name = "zoo.layer", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .summary = "Takes a running mean away", .formula = "y = x - mean"}; }
  explicit Centred(const sdk::Options&) {}

  std::int32_t flags = TRG_MASK_PASSES, merge = TRG_MERGE_SAME;
  bool synchronised = true;

  struct Plan {
    std::int64_t channels;
    bool sums;
  };
  Plan plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() < 2) throw sdk::ShapeError("expected an input of two axes or more, found " + x.shape.text(), x.name);
    p.input_flags(x, flags).output(x.shape).state("mean", {x.shape.last()}, sdk::zeros(), {.merge = merge});
    if (p.training()) p.passes(TRG_FORWARD, {x.shape.last() + 1}, synchronised);
    return {x.shape.last(), p.training()};
  }

  // f(first element of a step, whether the mask keeps it)
  template <class T, class F>
  static void each_step(const sdk::Slice<T>& s, const Plan& p, F f) {
    const auto mask = s.mask(0);
    const std::int64_t steps = s.in(0).count() / p.channels, repeats = mask ? steps / std::max<std::int64_t>(mask.count(), 1) : 1;
    for (std::int64_t i = 0; i < steps; ++i) f(i * p.channels, !mask || mask[i / repeats]);
  }

  template <class T>
  void add(const sdk::Slice<T>& s, const Plan& p, std::int64_t at) const {
    if (!p.sums) return;
    for (std::int64_t c = 0; c < p.channels; ++c) s.sums()[c] += static_cast<double>(s.in(0)[at + c]);
    s.sums()[p.channels] += 1;
  }
  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& p) const {
    each_step(s, p, [&](std::int64_t at, bool kept) {
      for (std::int64_t c = 0; c < p.channels; ++c) s.out(0)[at + c] = kept ? s.in(0)[at + c] - s.state_in(0)[c] : T(0);
      if (kept) add(s, p, at);
    });
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const Plan& p) const {
    if (!s.d_in(0)) return;
    each_step(s, p, [&](std::int64_t at, bool kept) {
      for (std::int64_t c = 0; c < p.channels; ++c) s.d_in(0)[at + c] = kept && s.d_out(0) ? s.d_out(0)[at + c] : T(0);
    });
  }
  template <class T>
  void update_state(const sdk::Slice<T>& s, const Plan& p) const {
    const double *sums = s.global_sums(), count = sums[p.channels];
    for (std::int64_t c = 0; c < p.channels; ++c) s.state_out(0)[c] = count > 0 ? static_cast<T>(0.9 * static_cast<double>(s.state_in(0)[c]) + 0.1 * sums[c] / count) : s.state_in(0)[c];
  }
};

}  // namespace zoo
