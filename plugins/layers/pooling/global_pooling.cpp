// SPDX-License-Identifier: Apache-2.0
#include "global_pooling.hpp"

#include <teranga/sdk/elementwise.hpp>

namespace teranga::pooling {

namespace {

template <class T>
void maximum_forward(const GlobalPooling::Cells& cells, const T* __restrict x, T* __restrict y) {
  const std::int64_t channels = cells.channels;
  for (std::int64_t c = 0; c < channels; ++c) y[c] = x[c];
  for (std::int64_t i = 1; i < cells.count; ++i)
    for (std::int64_t c = 0; c < channels; ++c) y[c] = y[c] < x[i * channels + c] ? x[i * channels + c] : y[c];
}

template <class T>
void maximum_backward(const GlobalPooling::Cells& cells, const T* __restrict x, const T* __restrict y, const T* __restrict dy, T* __restrict dx,
                      T* __restrict part) {
  const std::int64_t channels = cells.channels;
  for (std::int64_t c = 0; c < channels; ++c) part[c] = 0;
  for (std::int64_t i = 0; i < cells.count; ++i)
    for (std::int64_t c = 0; c < channels; ++c) part[c] += x[i * channels + c] == y[c] ? T(1) : T(0);
  for (std::int64_t c = 0; c < channels; ++c) part[c] = dy[c] / part[c];
  for (std::int64_t i = 0; i < cells.count; ++i)
    for (std::int64_t c = 0; c < channels; ++c) dx[i * channels + c] = x[i * channels + c] == y[c] ? part[c] : T(0);
}

template <class T>
void average_forward(const GlobalPooling::Cells& cells, const T* __restrict x, T* __restrict y) {
  const std::int64_t channels = cells.channels;
  const T part = T(1) / static_cast<T>(cells.count);
  for (std::int64_t c = 0; c < channels; ++c) y[c] = 0;
  for (std::int64_t i = 0; i < cells.count; ++i)
    for (std::int64_t c = 0; c < channels; ++c) y[c] += x[i * channels + c];
  for (std::int64_t c = 0; c < channels; ++c) y[c] *= part;
}

template <class T>
void average_backward(const GlobalPooling::Cells& cells, const T* __restrict dy, T* __restrict dx) {
  const std::int64_t channels = cells.channels;
  const T part = T(1) / static_cast<T>(cells.count);
  for (std::int64_t i = 0; i < cells.count; ++i)
    for (std::int64_t c = 0; c < channels; ++c) dx[i * channels + c] = part * dy[c];
}

// 1 / the steps that are kept; 0 where none is.
template <class T>
T kept_part(const GlobalPooling::Cells& cells, const std::uint8_t* kept) {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < cells.count; ++i) count += kept[i] != 0;
  return count ? T(1) / static_cast<T>(count) : T(0);
}

template <class T>
void masked_forward(const GlobalPooling::Cells& cells, const T* __restrict x, const std::uint8_t* kept, T* __restrict y) {
  const T part = kept_part<T>(cells, kept);
  for (std::int64_t c = 0; c < cells.channels; ++c) y[c] = 0;
  for (std::int64_t i = 0; i < cells.count; ++i) {
    if (!kept[i]) continue;
    for (std::int64_t c = 0; c < cells.channels; ++c) y[c] += x[i * cells.channels + c];
  }
  for (std::int64_t c = 0; c < cells.channels; ++c) y[c] *= part;
}

template <class T>
void masked_backward(const GlobalPooling::Cells& cells, const std::uint8_t* kept, const T* __restrict dy, T* __restrict dx) {
  const T part = kept_part<T>(cells, kept);
  for (std::int64_t i = 0; i < cells.count; ++i) {
    const T share = kept[i] ? part : T(0);
    for (std::int64_t c = 0; c < cells.channels; ++c) dx[i * cells.channels + c] = share * dy[c];
  }
}

}  // namespace

GlobalPooling::Cells GlobalPooling::plan(sdk::LayerPlan& p) const {
  const sdk::Input& x = p.input(0);
  expect_image(layer_, axes_, x.shape);
  const Cells cells{x.shape.row() / std::max<std::int64_t>(1, x.shape.last()), x.shape.last(), kind_ == Over::average && axes_ == 1 && x.mask_rank == 2};
  if (cells.count < 1) throw sdk::ShapeError(layer_ + " expects at least one spatial cell, found " + x.shape.text(), "input");
  sdk::Shape y{x.shape[0]};
  if (keepdims_)
    for (int axis = 0; axis < axes_; ++axis) y.push_back(1);
  y.push_back(cells.channels);
  const bool reads = kind_ == Over::maximum && p.mode() != TRG_INFERENCE;
  if (reads) p.read_in_backward(x).scratch(cells.channels);
  p.output(y, {.flags = reads ? TRG_READ_IN_BACKWARD : 0});
  p.cost(static_cast<double>(x.shape.count()));
  return cells;
}

template <class T>
void GlobalPooling::forward(const sdk::Slice<T>& s, const Cells& cells) const {
  for (std::int64_t n = 0; n < s.samples(); ++n) {
    if (cells.masked) masked_forward(cells, s.in(0).at_row(n), s.mask(0).at_row(n), s.out(0).at_row(n));
    else if (kind_ == Over::maximum) maximum_forward(cells, s.in(0).at_row(n), s.out(0).at_row(n));
    else average_forward(cells, s.in(0).at_row(n), s.out(0).at_row(n));
  }
}

template <class T>
void GlobalPooling::backward(const sdk::Slice<T>& s, const Cells& cells) const {
  const sdk::View<T> dx = s.d_in(0);
  const sdk::View<const T> dy = s.d_out(0);
  if (!dx || !dy) return sdk::pass_on(dy, dx);
  for (std::int64_t n = 0; n < s.samples(); ++n) {
    if (cells.masked) masked_backward(cells, s.mask(0).at_row(n), dy.at_row(n), dx.at_row(n));
    else if (kind_ == Over::maximum) maximum_backward(cells, s.in(0).at_row(n), s.out(0).at_row(n), dy.at_row(n), dx.at_row(n), s.scratch());
    else average_backward(cells, dy.at_row(n), dx.at_row(n));
  }
}

template void GlobalPooling::forward(const sdk::Slice<float>&, const Cells&) const;
template void GlobalPooling::forward(const sdk::Slice<double>&, const Cells&) const;
template void GlobalPooling::backward(const sdk::Slice<float>&, const Cells&) const;
template void GlobalPooling::backward(const sdk::Slice<double>&, const Cells&) const;

}  // namespace teranga::pooling
