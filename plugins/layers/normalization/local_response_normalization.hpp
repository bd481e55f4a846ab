// SPDX-License-Identifier: Apache-2.0
// Local response normalisation: each channel is divided by a power of the squares of the channels beside it, at the same place.
#pragma once

#include <algorithm>
#include <cmath>

#include <teranga/sdk/layer.hpp>
#include <teranga/sdk/tensor_loops.hpp>

namespace teranga::layers {

struct LocalResponseNormalization {
  static sdk::LayerInfo info() {
    return {.name = "teranga.local_response_normalization",
            .author = "Teranga",
            .summary = "Divides each channel by the strength of the channels beside it",
            .formula = "y[c] = x[c] / d[c]^beta, d[c] = bias + alpha sum of x[j]^2 over the channels j from c - depth_radius to c + depth_radius that there are",
            .source = "Krizhevsky et al. 2012: ImageNet classification with deep convolutional neural networks, section 3.3; tf.nn.local_response_normalization",
            .options = {sdk::integer("depth_radius", 2).in(0, 1e6).says("channels on each side; n / 2 of the paper, whose n is 5"), sdk::real("bias", 2.0).above(0).says("k of the paper"),
                        sdk::real("alpha", 1e-4).at_least(0).says("weight of the sum of squares; PyTorch divides it by the number of channels, 2 depth_radius + 1"),
                        sdk::real("beta", 0.75).at_least(0).says("the power")}};
  }
  std::int64_t radius;
  double bias, alpha, beta;
  explicit LocalResponseNormalization(const sdk::Options& options)
      : radius(options.integer("depth_radius")), bias(options.real("bias")), alpha(options.real("alpha")), beta(options.real("beta")) {}

  struct Channels {
    std::int64_t count, reach;
  };
  Channels plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() < 2) throw sdk::ShapeError("expected an input of two axes or more, whose last one is channels, found " + x.shape.text(), x.name);
    const Channels channels{x.shape.last(), std::min(radius, x.shape.last() - 1)};
    p.input_flags(x, TRG_MASK_PASSES);
    p.read_in_backward(x);
    p.output(x.shape);
    p.scratch(4 * (channels.count + 2 * channels.reach));
    p.cost(static_cast<double>(x.shape.count()) * static_cast<double>(12 + 4 * channels.reach));
    return channels;
  }

  // sums[c] of padded[c .. c + 2 reach].
  template <class T>
  static void add_beside(const T* padded, const Channels& of, T* sums) {
    sdk::each(of.count, [=](std::int64_t c) { sums[c] = padded[c]; });
    for (std::int64_t k = 1; k <= 2 * of.reach; ++k) sdk::each(of.count, [=](std::int64_t c) { sums[c] += padded[c + k]; });
  }

  // d^-beta; the power of the paper by square roots.
  template <class T>
  void powers(const T* d, std::int64_t count, T* out) const {
    if (beta == 0.75) {
      sdk::each(count, [=](std::int64_t c) {
        const T root = std::sqrt(d[c]);
        out[c] = 1 / (root * std::sqrt(root));
      });
    } else {
      for (std::int64_t c = 0; c < count; ++c) out[c] = std::pow(d[c], static_cast<T>(-beta));
    }
  }

  // Of a row x, d and d^-beta; `padded` has zeros on both sides.
  template <class T>
  void divisors(const T* x, const Channels& of, T* padded, T* d, T* power) const {
    T* const squares = padded + of.reach;
    sdk::each(of.count, [=](std::int64_t c) { squares[c] = x[c] * x[c]; });
    add_beside(padded, of, d);
    const T a = static_cast<T>(alpha), k = static_cast<T>(bias);
    sdk::each(of.count, [=](std::int64_t c) { d[c] = k + a * d[c]; });
    powers(d, of.count, power);
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Channels& of) const {
    const std::int64_t width = of.count + 2 * of.reach;
    T *padded = s.scratch(), *d = padded + width, *power = d + width;
    std::fill_n(padded, width, T(0));
    for (std::int64_t r = 0; r < s.in(0).count() / of.count; ++r) {
      const T* x = s.in(0).data + r * of.count;
      T* y = s.out(0).data + r * of.count;
      divisors(x, of, padded, d, power);
      sdk::each(of.count, [=](std::int64_t c) { y[c] = x[c] * power[c]; });
    }
  }

  template <class T>
  void backward(const sdk::Slice<T>& s, const Channels& of) const {
    if (!s.d_in(0) || !s.d_out(0)) return sdk::pass_on(s.d_out(0), s.d_in(0));
    const std::int64_t width = of.count + 2 * of.reach;
    T *padded = s.scratch(), *d = padded + width, *power = d + width, *sums = power + width;
    const T factor = static_cast<T>(2 * alpha * beta);
    std::fill_n(padded, width, T(0));
    for (std::int64_t r = 0; r < s.in(0).count() / of.count; ++r) {
      const T *x = s.in(0).data + r * of.count, *dy = s.d_out(0).data + r * of.count;
      T *dx = s.d_in(0).data + r * of.count, *const inner = padded + of.reach;
      divisors(x, of, padded, d, power);
      sdk::each(of.count, [=](std::int64_t c) { inner[c] = dy[c] * x[c] * power[c] / d[c]; });
      add_beside(padded, of, sums);
      sdk::each(of.count, [=](std::int64_t c) { dx[c] = dy[c] * power[c] - factor * x[c] * sums[c]; });
    }
  }
};

}  // namespace teranga::layers
