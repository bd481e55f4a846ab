// SPDX-License-Identifier: Apache-2.0
// Waves that tell positions apart, added: y [N, .., T, C] = x + P [T, C], P[t, c] = sin(t w_c) for even c and cos(t w_c) for odd c, where
// w_c = max_wavelength^(-2 floor(c / 2) / C) (arXiv 1706.03762). KerasHub's SinePositionEncoding gives P alone, to be added by the user.
#pragma once

#include <cmath>
#include <tuple>
#include <vector>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct SinePositionEncoding {
  static sdk::LayerInfo info() {
    return {.name = "teranga.sine_position_encoding",
            .author = "Teranga",
            .summary = "Adds sines and cosines of the position",
            .formula = "y[n,t,c] = x[n,t,c] + (c even: sin, odd: cos)(t max_wavelength^(-2 floor(c/2) / C))",
            .source = "https://keras.io/keras_hub/api/modeling_layers/sine_position_encoding/",
            .options = {sdk::real("max_wavelength", 10000.0).above(0).says("the longest wave has at most 2 pi times this number of steps")}};
  }

  double max_wavelength;
  explicit SinePositionEncoding(const sdk::Options& options) : max_wavelength(options.real("max_wavelength")) {}

  // P, in the compute type alone.
  using Table = std::tuple<std::vector<float>, std::vector<double>>;

  Table plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() < 3) throw sdk::ShapeError("sine_position_encoding expects an input of rank 3 or more (samples, ..., steps, features), found " + x.shape.text(), x.name);
    p.input_flags(x, TRG_MASK_PASSES);
    p.output(x.shape, {.shares_with = 0});
    p.cost(TRG_FORWARD, static_cast<double>(x.shape.count()));
    Table table;
    if (p.type() == TRG_F64) fill(std::get<1>(table), x.shape[-2], x.shape[-1]);
    else fill(std::get<0>(table), x.shape[-2], x.shape[-1]);
    return table;
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Table& tables) const {
    const std::vector<T>& waves = std::get<std::vector<T>>(tables);
    const auto size = static_cast<std::int64_t>(waves.size());
    for (std::int64_t at = 0; at < s.in(0).count(); at += size) {
      const T *x = s.in(0).data + at, *wave = waves.data();
      T* y = s.out(0).data + at;
      sdk::each(size, [=](std::int64_t i) { y[i] = x[i] + wave[i]; });
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const Table&) const { sdk::pass_on(s.d_out(0), s.d_in(0)); }

 private:
  template <class T>
  void fill(std::vector<T>& table, std::int64_t steps, std::int64_t channels) const {
    for (std::int64_t t = 0; t < steps; ++t)
      for (std::int64_t c = 0; c < channels; ++c) {
        const double angle = static_cast<double>(t) * std::pow(max_wavelength, -static_cast<double>(c - c % 2) / static_cast<double>(channels));
        table.push_back(static_cast<T>(c % 2 ? std::cos(angle) : std::sin(angle)));
      }
  }
};

}  // namespace teranga::layers
