// SPDX-License-Identifier: Apache-2.0
// y = scale x + offset; takes whole numbers too (pixels, counts), through which no gradient flows.
#pragma once

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct Rescaling {
  static sdk::LayerInfo info() {
    return {.name = "teranga.rescaling", .author = "Teranga", .summary = "Multiplies all numbers by a factor and adds an offset", .formula = "y = scale x + offset",
            .source = "https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/",
            .options = {sdk::real("scale").says("factor, for example 0.00392156862745098 (1/255) for pixels"), sdk::real("offset", 0.0).says("added after the factor")}};
  }
  double scale, offset;
  explicit Rescaling(const sdk::Options& options) : scale(options.real("scale")), offset(options.real("offset")) {}

  std::int32_t plan(sdk::LayerPlan& p) const {  // the element type of x
    const sdk::Input& x = p.input(0);
    const bool real = x.type == p.type();
    p.input_flags(x, TRG_MASK_PASSES | (real ? 0 : TRG_NO_GRADIENT));
    p.output(x.shape, {.shares_with = real ? 0 : -1});
    return x.type;
  }

  template <class T, class U>
  void map(const sdk::View<const U>& x, const sdk::View<T>& y) const {
    const T a = static_cast<T>(scale), b = static_cast<T>(offset);
    sdk::each(y.count(), [=](std::int64_t i) { y.data[i] = a * static_cast<T>(x.data[i]) + b; });
  }
  template <class T>
  void forward(const sdk::Slice<T>& s, const std::int32_t& type) const {
    switch (type) {
      case TRG_U8: return map(s.template in_as<std::uint8_t>(0), s.out(0));
      case TRG_I32: return map(s.template in_as<std::int32_t>(0), s.out(0));
      case TRG_I64: return map(s.template in_as<std::int64_t>(0), s.out(0));
      default: return map(s.in(0), s.out(0));
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const std::int32_t&) const {
    const auto dx = s.d_in(0);
    const auto dy = s.d_out(0);
    if (!dx || !dy) return sdk::pass_on(dy, dx);
    const T a = static_cast<T>(scale);
    sdk::each(dx.count(), [=](std::int64_t i) { dx.data[i] = a * dy.data[i]; });
  }
};

}  // namespace teranga::layers
