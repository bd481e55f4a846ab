// SPDX-License-Identifier: Apache-2.0
// Steps to be skipped: a step all of whose features are mask_value becomes zero and its mask 0; the others pass, with mask 1.
#pragma once

#include <algorithm>

#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct Masking {
  static sdk::LayerInfo info() {
    return {.name = "teranga.masking", .author = "Teranga", .summary = "Masks the steps in which all features have a given value",
            .formula = "mask = any(x != mask_value over the last axis), y = mask ? x : 0", .source = "https://keras.io/api/layers/core_layers/masking/",
            .options = {sdk::real("mask_value", 0.0).says("value that all features of a skipped step have")}};
  }
  double mask_value;
  explicit Masking(const sdk::Options& options) : mask_value(options.real("mask_value")) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() != 3)
      throw sdk::ShapeError("masking expects an input of rank 3 (samples, steps, features), found " + x.shape.text(), x.name,
                            "add a layer of type \"reshape\" with target_shape = [-1, 1] before it");
    p.output(x.shape, {.flags = TRG_MASK_PRODUCED, .mask_rank = 2});
    p.buffer(TRG_SAVED, x.shape[1], 0);
  }

  // The steps that pass are noted in bytes that backward reads: the mask itself is not lent to it.
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0);
    const auto y = s.out(0);
    const auto mask = s.out_mask(0);
    std::uint8_t* kept = s.template saved<std::uint8_t>();
    const std::int64_t steps = x.count() / x.last;
    const T skipped = static_cast<T>(mask_value);
    for (std::int64_t r = 0; r < steps; ++r) {
      const T* from = x.data + r * x.last;
      const bool keep = std::any_of(from, from + x.last, [=](T v) { return v != skipped; });
      for (std::int64_t c = 0; c < x.last; ++c) y[r * x.last + c] = keep ? from[c] : T(0);
      if (kept) kept[r] = keep;
      if (mask) mask[r] = keep;
    }
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const auto dx = s.d_in(0);
    const auto dy = s.d_out(0);
    if (!dx) return;
    const std::uint8_t* kept = s.template saved<std::uint8_t>();
    const std::int64_t steps = dx.count() / dx.last;
    for (std::int64_t r = 0; r < steps; ++r)
      for (std::int64_t c = 0; c < dx.last; ++c) dx[r * dx.last + c] = dy && kept[r] ? dy[r * dx.last + c] : T(0);
  }
};

}  // namespace teranga::layers
