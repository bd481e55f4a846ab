// SPDX-License-Identifier: Apache-2.0
#include "average_pooling.hpp"

namespace teranga::pooling {

namespace {

// Cells inside the input of the window whose output starts at element y.
template <class T>
T share(const Image& image, std::int64_t y) {
  const std::int64_t pixel = y / image.channels, oh = pixel / image.width.out % image.height.out, ow = pixel % image.width.out;
  return T(1) / static_cast<T>((image.height.tap_end(oh) - image.height.tap_begin(oh)) * (image.width.tap_end(ow) - image.width.tap_begin(ow)));
}

}  // namespace

Image AveragePooling::plan(sdk::LayerPlan& p) const {
  const sdk::Shape& x = p.input(0).shape;
  const Image image = window_.image(x);
  p.output(window_.output(x, image));
  p.cost(static_cast<double>(image.samples * image.out_sample() * image.height.size * image.width.size));
  return image;
}

template <class T>
void AveragePooling::forward(const sdk::Slice<T>& s, const Image& image) const {
  const T* const x = s.in(0).data;
  T* const y = s.out(0).data;
  const std::int64_t channels = image.channels;
  T part = 0;
  for_each_cell(image, s.samples(), [&, x, y, channels](std::int64_t xi, std::int64_t yi, std::int64_t tap) {
    const T* __restrict from = x + xi;
    T* __restrict to = y + yi;
    if (tap == 0) {
      part = share<T>(image, yi);
      for (std::int64_t c = 0; c < channels; ++c) to[c] = part * from[c];
    } else {
      for (std::int64_t c = 0; c < channels; ++c) to[c] += part * from[c];
    }
  });
}

template <class T>
void AveragePooling::backward(const sdk::Slice<T>& s, const Image& image) const {
  const sdk::View<T> dx = s.d_in(0);
  const sdk::View<const T> dy = s.d_out(0);
  if (!dx) return;
  std::fill(dx.begin(), dx.end(), T(0));
  if (!dy) return;
  const std::int64_t channels = image.channels;
  T part = 0;
  for_each_cell(image, s.samples(), [&, channels](std::int64_t xi, std::int64_t yi, std::int64_t tap) {
    const T* __restrict from = dy.data + yi;
    T* __restrict to = dx.data + xi;
    if (tap == 0) part = share<T>(image, yi);
    for (std::int64_t c = 0; c < channels; ++c) to[c] += part * from[c];
  });
}

template void AveragePooling::forward(const sdk::Slice<float>&, const Image&) const;
template void AveragePooling::forward(const sdk::Slice<double>&, const Image&) const;
template void AveragePooling::backward(const sdk::Slice<float>&, const Image&) const;
template void AveragePooling::backward(const sdk::Slice<double>&, const Image&) const;

}  // namespace teranga::pooling
