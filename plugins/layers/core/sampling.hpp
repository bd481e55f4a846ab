// SPDX-License-Identifier: Apache-2.0
// The latent layer of a variational autoencoder: z [N, ...] = z_mean + exp(z_log_var / 2) noise, the noise standard normal (arXiv 1312.6114). Training
// draws; inference gives the mean, so that evaluation and prediction repeat themselves, where the examples of Keras draw always. The divergence from the
// prior is no part of it.
#pragma once

#include "dropout.hpp"

namespace teranga::layers {

struct Sampling {
  static sdk::LayerInfo info() {
    return {.name = "teranga.sampling", .author = "Teranga", .summary = "Draws from normal distributions that the inputs describe, so that gradients flow; the mean in inference",
            .formula = "z = z_mean + exp(z_log_var / 2) normal", .source = "https://keras.io/examples/generative/vae/", .options = {noise_seed()}};
  }
  NoiseKey key;
  explicit Sampling(const sdk::Options& options) : key(options) {}

  bool plan(sdk::LayerPlan& p) const {  // whether it draws
    if (p.inputs() != 2) throw sdk::ShapeError("sampling expects two inputs, z_mean and z_log_var, found " + std::to_string(p.inputs()), "input", "input = [\"z_mean\", \"z_log_var\"], with the names of two layers");
    const sdk::Shape &mean = p.real_input(0).shape, &log_variance = p.real_input(1).shape;
    if (mean != log_variance) throw sdk::ShapeError("sampling expects z_mean and z_log_var of one shape, found " + mean.text() + " and " + log_variance.text(), p.input(1).name);
    p.output(mean, {.shares_with = 0});
    const bool draws = noisy(p);
    if (draws) p.saved_per_sample(mean.row());
    p.cost(static_cast<double>(mean.count()));
    return draws;
  }

  // saved: what is added to the mean, half of which is its slope in the log of the variance.
  template <class T>
  void forward(const sdk::Slice<T>& s, const bool& draws) const {
    if (!draws) return sdk::pass_on(s.in(0), s.out(0));
    const std::int64_t row = s.in(0).row;
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      const T *mean = s.in(0).at_row(n), *log_variance = s.in(1).at_row(n);
      T *z = s.out(0).at_row(n), *added = s.saved() + n * row;
      sdk::host().normal(key.of(s, n), 0, row, s.type(), added);
      sdk::each(row, [=](std::int64_t i) { added[i] *= sdk::math::exp(log_variance[i] * T(0.5)); });
      sdk::each(row, [=](std::int64_t i) { z[i] = mean[i] + added[i]; });
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const bool& draws) const {
    const auto dz = s.d_out(0);
    sdk::pass_on(dz, s.d_in(0));
    const auto d = s.d_in(1);
    if (!d) return;
    const T* added = s.saved();
    if (draws && dz) sdk::each(d.count(), [=](std::int64_t i) { d.data[i] = dz.data[i] * added[i] * T(0.5); });
    else std::fill_n(d.data, d.count(), T(0));
  }
};

}  // namespace teranga::layers
