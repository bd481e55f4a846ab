// SPDX-License-Identifier: Apache-2.0
// Noise that is there in training only: dropout, gaussian_dropout and gaussian_noise. Each sample draws from its own stream, so that the noise is the
// same whatever the slices, threads and ranks. What backward needs is saved: reading it is cheaper than drawing again.
#pragma once

#include <cmath>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

inline sdk::OptionSpec noise_seed() { return sdk::integer("seed", 0).optional().says("combined with the seed of the run; another number gives other noise"); }

// The noise stream of a sample of this layer.
struct NoiseKey {
  std::uint64_t stir = 0;
  explicit NoiseKey(const sdk::Options& options) {
    if (options.has("seed")) stir = static_cast<std::uint64_t>(options.integer("seed")) * 0x9e3779b97f4a7c15u;
  }
  template <class T>
  trg_stream of(const sdk::Slice<T>& s, std::int64_t sample) const {
    trg_stream stream = s.stream(sample);
    stream.key ^= stir;
    return stream;
  }
};

// Parameters that are fixed do not keep noise away: only inference does, as in Keras.
inline bool noisy(const sdk::LayerPlan& p) { return p.mode() != TRG_INFERENCE; }

struct Dropout {
  static sdk::LayerInfo info() {
    return {.name = "teranga.dropout", .author = "Teranga", .summary = "Drops elements at random in training and scales the others up",
            .formula = "y = x / (1 - rate) where a uniform draw is >= rate, else 0", .source = "https://keras.io/api/layers/regularization_layers/dropout/",
            .options = {sdk::real("rate").in(0, 1).says("share of the elements that are dropped"), noise_seed()}};
  }
  double rate;
  NoiseKey key;
  explicit Dropout(const sdk::Options& options) : rate(options.real("rate")), key(options) {}

  bool plan(sdk::LayerPlan& p) const {  // whether there is noise
    const sdk::Input& x = p.real_input(0);
    const bool active = rate > 0 && noisy(p);
    p.input_flags(x, TRG_MASK_PASSES);
    p.output(x.shape, {.flags = active ? 0 : TRG_SAME_BYTES, .shares_with = 0});
    if (active) p.buffer(TRG_SAVED, x.shape.row(), 0).scratch(x.shape.row());
    return active;
  }
  template <class T>
  T scale() const { return rate < 1 ? static_cast<T>(1 / (1 - rate)) : T(0); }

  template <class T>
  void forward(const sdk::Slice<T>& s, const bool& active) const {
    if (!active) return sdk::pass_on(s.in(0), s.out(0));
    const T limit = static_cast<T>(rate), up = scale<T>();
    T* draws = s.scratch();
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      const std::int64_t row = s.in(0).row;
      const T* x = s.in(0).at_row(n);
      T* y = s.out(0).at_row(n);
      std::uint8_t* kept = s.template saved<std::uint8_t>() + n * row;
      sdk::host().uniform(key.of(s, n), 0, row, s.type(), draws);
      sdk::each(row, [=](std::int64_t i) { kept[i] = draws[i] >= limit; });
      sdk::each(row, [=](std::int64_t i) { y[i] = draws[i] >= limit ? x[i] * up : T(0); });
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const bool& active) const {
    const auto dx = s.d_in(0);
    const auto dy = s.d_out(0);
    if (!active || !dx || !dy) return sdk::pass_on(dy, dx);
    const T up = scale<T>();
    const std::uint8_t* kept = s.template saved<std::uint8_t>();
    sdk::each(dx.count(), [=](std::int64_t i) { dx.data[i] = kept[i] ? dy.data[i] * up : T(0); });
  }
};

struct GaussianDropout {
  static sdk::LayerInfo info() {
    return {.name = "teranga.gaussian_dropout", .author = "Teranga", .summary = "Multiplies by noise around 1 in training", .formula = "y = x (1 + sqrt(rate / (1 - rate)) normal)",
            .source = "https://keras.io/api/layers/regularization_layers/gaussian_dropout/",
            .options = {sdk::real("rate").at_least(0).below(1).says("the noise has the deviation sqrt(rate / (1 - rate))"), noise_seed()}};
  }
  double rate;
  NoiseKey key;
  explicit GaussianDropout(const sdk::Options& options) : rate(options.real("rate")), key(options) {}

  bool plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    const bool active = rate > 0 && noisy(p);
    p.input_flags(x, TRG_MASK_PASSES);
    p.output(x.shape, {.flags = active ? 0 : TRG_SAME_BYTES, .shares_with = 0});
    if (active) p.saved_per_sample(x.shape.row());
    return active;
  }
  template <class T>
  void forward(const sdk::Slice<T>& s, const bool& active) const {
    if (!active) return sdk::pass_on(s.in(0), s.out(0));
    const T deviation = static_cast<T>(std::sqrt(rate / (1 - rate)));
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      const std::int64_t row = s.in(0).row;
      const T* x = s.in(0).at_row(n);
      T *y = s.out(0).at_row(n), *factor = s.saved() + n * row;
      sdk::host().normal(key.of(s, n), 0, row, s.type(), factor);
      sdk::each(row, [=](std::int64_t i) { factor[i] = 1 + deviation * factor[i]; });
      sdk::each(row, [=](std::int64_t i) { y[i] = x[i] * factor[i]; });
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const bool& active) const {
    const auto dx = s.d_in(0);
    const auto dy = s.d_out(0);
    if (!active || !dx || !dy) return sdk::pass_on(dy, dx);
    const T* factor = s.saved();
    sdk::each(dx.count(), [=](std::int64_t i) { dx.data[i] = dy.data[i] * factor[i]; });
  }
};

struct GaussianNoise {
  static sdk::LayerInfo info() {
    return {.name = "teranga.gaussian_noise", .author = "Teranga", .summary = "Adds noise around 0 in training", .formula = "y = x + stddev normal",
            .source = "https://keras.io/api/layers/regularization_layers/gaussian_noise/",
            .options = {sdk::real("stddev").at_least(0).says("standard deviation of the noise"), noise_seed()}};
  }
  double stddev;
  NoiseKey key;
  explicit GaussianNoise(const sdk::Options& options) : stddev(options.real("stddev")), key(options) {}

  bool plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    const bool active = stddev > 0 && noisy(p);
    p.input_flags(x, TRG_MASK_PASSES);
    p.output(x.shape, {.flags = active ? 0 : TRG_SAME_BYTES, .shares_with = 0});
    if (active) p.scratch(x.shape.row());
    return active;
  }
  template <class T>
  void forward(const sdk::Slice<T>& s, const bool& active) const {
    if (!active) return sdk::pass_on(s.in(0), s.out(0));
    const T deviation = static_cast<T>(stddev);
    T* noise = s.scratch();
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      const T* x = s.in(0).at_row(n);
      T* y = s.out(0).at_row(n);
      sdk::host().normal(key.of(s, n), 0, s.in(0).row, s.type(), noise);
      sdk::each(s.in(0).row, [=](std::int64_t i) { y[i] = x[i] + deviation * noise[i]; });
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const bool&) const { sdk::pass_on(s.d_out(0), s.d_in(0)); }
};

}  // namespace teranga::layers
