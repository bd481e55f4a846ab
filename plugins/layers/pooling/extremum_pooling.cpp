// SPDX-License-Identifier: Apache-2.0
#include "extremum_pooling.hpp"

namespace teranga::pooling {

namespace {

template <Extremum kind, class T>
T better(T a, T b) {
  if constexpr (kind == Extremum::largest) return a < b ? b : a;
  else return b < a ? b : a;
}

// Whole windows of 2 x 2 side by side, by far the most usual: one loop over the channels for all four cells.
bool is_two_by_two(const Image& image) {
  const auto fits = [](const sdk::Window& w) { return w.size == 2 && w.stride == 2 && w.before == 0 && w.after == 0; };
  return fits(image.height) && fits(image.width);
}

template <Extremum kind, class T>
void forward_two_by_two(const Image& image, std::int64_t samples, const T* x, T* y) {
  const std::int64_t channels = image.channels, line = image.width.in * channels;
  for (std::int64_t n = 0; n < samples; ++n)
    for (std::int64_t oh = 0; oh < image.height.out; ++oh)
      for (std::int64_t ow = 0; ow < image.width.out; ++ow, y += channels) {
        const T* const a = x + n * image.in_sample() + 2 * oh * line + 2 * ow * channels;
        T* __restrict to = y;
        for (std::int64_t c = 0; c < channels; ++c)
          to[c] = better<kind>(better<kind>(a[c], a[channels + c]), better<kind>(a[line + c], a[line + channels + c]));
      }
}

template <class T>
void backward_two_by_two(const Image& image, std::int64_t samples, const T* x, const T* y, const T* dy, T* dx) {
  const std::int64_t channels = image.channels, line = image.width.in * channels;
  for (std::int64_t n = 0; n < samples; ++n)
    for (std::int64_t oh = 0; oh < image.height.out; ++oh)
      for (std::int64_t ow = 0; ow < image.width.out; ++ow, y += channels, dy += channels) {
        const std::int64_t first = n * image.in_sample() + 2 * oh * line + 2 * ow * channels;
        const T *const a = x + first, *const b = a + channels, *const c = a + line, *const d = b + line;
        T *const da = dx + first, *const db = da + channels, *const dc = da + line, *const dd = db + line;
        // Too many pointers for the compiler to tell apart at run time; none of them overlap.
#pragma GCC ivdep
        for (std::int64_t i = 0; i < channels; ++i) {
          const T best = y[i], g0 = dy[i];  // g: what is not given away yet
          const T g1 = a[i] == best ? T(0) : g0;
          const T g2 = b[i] == best ? T(0) : g1;
          const T g3 = c[i] == best ? T(0) : g2;
          da[i] = a[i] == best ? g0 : T(0);
          db[i] = b[i] == best ? g1 : T(0);
          dc[i] = c[i] == best ? g2 : T(0);
          dd[i] = d[i] == best ? g3 : T(0);
        }
      }
}

template <Extremum kind, class T>
void forward_any(const Image& image, std::int64_t samples, const T* x, T* y) {
  const std::int64_t channels = image.channels;
  for_each_cell(image, samples, [=](const Cell& cell) {
    const T* __restrict from = x + cell.x;
    T* __restrict to = y + cell.y;
    if (cell.number == 0)
      for (std::int64_t c = 0; c < channels; ++c) to[c] = from[c];
    else
      for (std::int64_t c = 0; c < channels; ++c) to[c] = better<kind>(to[c], from[c]);
  });
}

// left: what of dy is not given away yet, one value a channel; so a second cell of the same value gets nothing.
template <class T>
void backward_any(const Image& image, std::int64_t samples, const T* x, const T* y, const T* dy, T* dx, T* left) {
  const std::int64_t channels = image.channels;
  for_each_cell(image, samples, [=](const Cell& cell) {
    const T* __restrict from = x + cell.x;
    const T* __restrict best = y + cell.y;
    T* __restrict to = dx + cell.x;
    T* __restrict rest = left;
    if (cell.number == 0)
      for (std::int64_t c = 0; c < channels; ++c) rest[c] = dy[cell.y + c];
    for (std::int64_t c = 0; c < channels; ++c) {
      const bool here = from[c] == best[c];
      to[c] += here ? rest[c] : T(0);
      rest[c] = here ? T(0) : rest[c];
    }
  });
}

}  // namespace

Image ExtremumPooling::plan(sdk::LayerPlan& p) const {
  const sdk::Input& x = p.input(0);
  const Image image = window_.image(x.shape);
  if (p.mode() != TRG_INFERENCE) p.read_in_backward(x);
  p.output(window_.output(x.shape, image), {.flags = p.mode() != TRG_INFERENCE ? TRG_READ_IN_BACKWARD : 0});
  p.scratch(image.channels);
  p.cost(static_cast<double>(image.samples * image.out_sample() * image.height.size * image.width.size));
  return image;
}

template <class T>
void ExtremumPooling::forward(const sdk::Slice<T>& s, const Image& image) const {
  const T* const x = s.in(0).data;
  T* const y = s.out(0).data;
  if (is_two_by_two(image)) {
    if (kind_ == Extremum::largest) forward_two_by_two<Extremum::largest>(image, s.samples(), x, y);
    else forward_two_by_two<Extremum::smallest>(image, s.samples(), x, y);
  } else {
    if (kind_ == Extremum::largest) forward_any<Extremum::largest>(image, s.samples(), x, y);
    else forward_any<Extremum::smallest>(image, s.samples(), x, y);
  }
}

template <class T>
void ExtremumPooling::backward(const sdk::Slice<T>& s, const Image& image) const {
  const sdk::View<T> dx = s.d_in(0);
  const sdk::View<const T> dy = s.d_out(0);
  if (!dx) return;
  const bool two_by_two = is_two_by_two(image) && image.height.in % 2 == 0 && image.width.in % 2 == 0;  // every cell is written
  if (!dy || !two_by_two) std::fill(dx.begin(), dx.end(), T(0));
  if (!dy) return;
  if (two_by_two) backward_two_by_two(image, s.samples(), s.in(0).data, s.out(0).data, dy.data, dx.data);
  else backward_any(image, s.samples(), s.in(0).data, s.out(0).data, dy.data, dx.data, s.scratch());
}

template void ExtremumPooling::forward(const sdk::Slice<float>&, const Image&) const;
template void ExtremumPooling::forward(const sdk::Slice<double>&, const Image&) const;
template void ExtremumPooling::backward(const sdk::Slice<float>&, const Image&) const;
template void ExtremumPooling::backward(const sdk::Slice<double>&, const Image&) const;

}  // namespace teranga::pooling
