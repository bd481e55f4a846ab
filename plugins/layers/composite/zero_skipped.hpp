// SPDX-License-Identifier: Apache-2.0
// Zeros where the mask skips a step: y = mask ? x : 0. Behind a mask, what a bidirectional layer gives for each step, as in Keras; recurrent layers
// by themselves repeat the output before.
#pragma once

#include <algorithm>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct ZeroSkipped {
  static sdk::LayerInfo info() {
    return {.name = "teranga.zero_skipped",
            .author = "Teranga",
            .summary = "Zeros for the steps that the mask skips",
            .formula = "y = mask ? x : 0",
            .source = "Keras 3: zero_output_for_mask of its recurrent layers"};
  }
  explicit ZeroSkipped(const sdk::Options&) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    p.output(x.shape, {.shares_with = 0});
    p.input_flags(x, TRG_MASK_PASSES | (x.mask_rank > 0 ? TRG_MASK_CONSUMED : 0));
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const { keep(s, s.in(0), s.out(0)); }
  template <class T>
  void backward(const sdk::Slice<T>& s) const { keep(s, s.d_out(0), s.d_in(0)); }

 private:
  template <class T>
  static void keep(const sdk::Slice<T>& s, const sdk::View<const T>& from, const sdk::View<T>& to) {
    sdk::pass_on(from, to);
    const auto mask = s.mask(0);
    if (!to || !mask) return;
    const std::int64_t below = to.count() / mask.count();
    for (std::int64_t i = 0; i < mask.count(); ++i)
      if (!mask.data[i]) std::fill_n(to.data + i * below, below, T(0));
  }
};

}  // namespace teranga::layers
