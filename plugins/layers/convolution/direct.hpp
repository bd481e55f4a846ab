// SPDX-License-Identifier: Apache-2.0
// Convolution as plain loops, channels last: the reference in f64, and in f32 what the kernel library refuses. The innermost loop runs over
// the output channels of a group, which lie side by side in y and in the kernel (h, w, in / groups, out).
#pragma once

#include <algorithm>
#include <cstdint>

#include "geometry.hpp"

namespace teranga::convolution::direct {

// Calls visit(first input channel of the pixel, first kernel element of the tap, output pixel) for every tap that touches the input.
template <class Visit>
void for_each_tap(const Geometry& g, std::int64_t sample, Visit&& visit) {
  for (std::int64_t oh = 0; oh < g.height.out; ++oh)
    for (std::int64_t ow = 0; ow < g.width.out; ++ow) {
      const std::int64_t y = ((sample * g.height.out + oh) * g.width.out + ow) * g.out_channels;
      for (std::int64_t kh = g.height.tap_begin(oh); kh < g.height.tap_end(oh); ++kh)
        for (std::int64_t kw = g.width.tap_begin(ow); kw < g.width.tap_end(ow); ++kw) {
          const std::int64_t h = g.height.start(oh) + kh * g.height.dilation, w = g.width.start(ow) + kw * g.width.dilation;
          visit(((sample * g.height.in + h) * g.width.in + w) * g.in_channels, (kh * g.width.size + kw) * g.group_in() * g.out_channels, y);
        }
    }
}

inline bool one_to_one(const Geometry& g) { return g.group_in() == 1 && g.group_out() == 1; }

// y = conv(x, kernel) + bias; bias may be null.
template <class T>
void forward(const Geometry& g, const T* x, const T* kernel, const T* bias, T* y) {
  const std::int64_t in = g.group_in(), out = g.group_out(), channels = g.out_channels;
  for (std::int64_t pixel = 0; pixel < g.samples * g.height.out * g.width.out; ++pixel)
    for (std::int64_t o = 0; o < channels; ++o) y[pixel * channels + o] = bias ? bias[o] : T(0);
  for (std::int64_t n = 0; n < g.samples; ++n)
    for_each_tap(g, n, [&](std::int64_t xi, std::int64_t ki, std::int64_t yi) {
      const T* __restrict xs = x + xi;
      const T* __restrict ks = kernel + ki;
      T* __restrict ys = y + yi;
      if (one_to_one(g)) {
        for (std::int64_t c = 0; c < channels; ++c) ys[c] += xs[c] * ks[c];
        return;
      }
      for (std::int64_t group = 0; group < g.groups; ++group)
        for (std::int64_t i = 0; i < in; ++i) {
          const T value = xs[group * in + i];
          for (std::int64_t o = group * out; o < (group + 1) * out; ++o) ys[o] += value * ks[i * channels + o];
        }
    });
}

// dx = the gradient of x; overwritten.
template <class T>
void backward_data(const Geometry& g, const T* dy, const T* kernel, T* dx) {
  const std::int64_t in = g.group_in(), out = g.group_out(), channels = g.out_channels;
  std::fill(dx, dx + g.samples * g.in_sample(), T(0));
  for (std::int64_t n = 0; n < g.samples; ++n)
    for_each_tap(g, n, [&](std::int64_t xi, std::int64_t ki, std::int64_t yi) {
      T* __restrict dxs = dx + xi;
      const T* __restrict ks = kernel + ki;
      const T* __restrict dys = dy + yi;
      if (one_to_one(g)) {
        for (std::int64_t c = 0; c < channels; ++c) dxs[c] += dys[c] * ks[c];
        return;
      }
      for (std::int64_t group = 0; group < g.groups; ++group)
        for (std::int64_t i = 0; i < in; ++i) {
          T sum = 0;
          for (std::int64_t o = group * out; o < (group + 1) * out; ++o) sum += dys[o] * ks[i * channels + o];
          dxs[group * in + i] += sum;
        }
    });
}

// d_kernel += the gradient of the kernel.
template <class T>
void backward_kernel(const Geometry& g, const T* x, const T* dy, T* d_kernel) {
  const std::int64_t in = g.group_in(), out = g.group_out(), channels = g.out_channels;
  for (std::int64_t n = 0; n < g.samples; ++n)
    for_each_tap(g, n, [&](std::int64_t xi, std::int64_t ki, std::int64_t yi) {
      const T* __restrict xs = x + xi;
      T* __restrict dks = d_kernel + ki;
      const T* __restrict dys = dy + yi;
      if (one_to_one(g)) {
        for (std::int64_t c = 0; c < channels; ++c) dks[c] += xs[c] * dys[c];
        return;
      }
      for (std::int64_t group = 0; group < g.groups; ++group)
        for (std::int64_t i = 0; i < in; ++i) {
          const T value = xs[group * in + i];
          for (std::int64_t o = group * out; o < (group + 1) * out; ++o) dks[i * channels + o] += value * dys[o];
        }
    });
}

// d_bias += the sum of dy over samples and pixels.
template <class T>
void backward_bias(const Geometry& g, const T* __restrict dy, T* __restrict d_bias) {
  for (std::int64_t pixel = 0; pixel < g.samples * g.height.out * g.width.out; ++pixel)
    for (std::int64_t o = 0; o < g.out_channels; ++o) d_bias[o] += dy[pixel * g.out_channels + o];
}

}  // namespace teranga::convolution::direct
