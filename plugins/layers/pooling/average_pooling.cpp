// SPDX-License-Identifier: Apache-2.0
#include "average_pooling.hpp"

namespace teranga::pooling {

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
  for_each_cell(image, s.samples(), [=](const Cell& cell) {
    const T* __restrict from = x + cell.x;
    T* __restrict to = y + cell.y;
    const T part = T(1) / static_cast<T>(cell.of);
    if (cell.number == 0) {
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
  for_each_cell(image, s.samples(), [=](const Cell& cell) {
    const T* __restrict from = dy.data + cell.y;
    T* __restrict to = dx.data + cell.x;
    const T part = T(1) / static_cast<T>(cell.of);
    for (std::int64_t c = 0; c < channels; ++c) to[c] += part * from[c];
  });
}

template void AveragePooling::forward(const sdk::Slice<float>&, const Image&) const;
template void AveragePooling::forward(const sdk::Slice<double>&, const Image&) const;
template void AveragePooling::backward(const sdk::Slice<float>&, const Image&) const;
template void AveragePooling::backward(const sdk::Slice<double>&, const Image&) const;

}  // namespace teranga::pooling
