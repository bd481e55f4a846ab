// SPDX-License-Identifier: Apache-2.0
#include "thin_convolution.hpp"

#include <algorithm>
#include <utility>

#include "thin_tiles.hpp"

namespace teranga::convolution {

namespace {

constexpr std::int64_t most_channels = 4, most_run = 64, most_vectors = thin::registers == 16 ? 3 : 4;

// The widest vectors, or half of them where those would stay emptier.
std::int64_t lanes_for(std::int64_t out_channels) {
  const std::int64_t rest = out_channels % thin::widest;
  return rest > 0 && rest <= thin::narrower && out_channels < 2 * thin::widest ? thin::narrower : thin::widest;
}

// Calls body(std::integral_constant<int, n>) for a run-time n of least .. most.
template <int least, int most, class Body>
void with_constant(std::int64_t n, Body&& body) {
  if constexpr (most > least) {
    if (n < most) return with_constant<least, most - 1>(n, body);
  }
  body(std::integral_constant<int, most>());
}

// Calls body(lanes, vectors, first channel) for blocks of output channels that fit a tile.
template <class Body>
void for_each_block(std::int64_t lanes, std::int64_t filled, Body&& body) {
  for (std::int64_t first = 0; first < filled;) {
    const std::int64_t left = (filled - first) / lanes, blocks = (left + most_vectors - 1) / most_vectors, vectors = (left + blocks - 1) / blocks;
    with_constant<1, static_cast<int>(most_vectors)>(vectors, [&](auto v) {
      if (lanes == thin::widest) body(std::integral_constant<int, thin::widest>(), v, first);
      else body(std::integral_constant<int, thin::narrower>(), v, first);
    });
    first += vectors * lanes;
  }
}

// Pixels of a forward tile: as many as leave registers for the kernel and one value of x.
constexpr int pixels_for(int vectors) { return std::min(8, (thin::registers - 1 - vectors) / vectors); }
// Values of a window's row in a gradient tile.
constexpr int taps_for(int vectors) { return std::min(6, (thin::registers - 1 - vectors) / vectors); }

template <int L, int V>
void forward_row(thin::ForwardTile tile, std::int64_t pixels) {
  constexpr int most = pixels_for(V), least = (most + 1) / 2;
  const thin::ForwardTile first = tile;
  const auto at = [&](std::int64_t pixel) {
    tile.x = first.x + pixel * first.step;
    tile.y = first.y + pixel * first.channels;
  };
  if (pixels < least) {
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel) at(pixel), thin::forward_tile<L, V, 1>(tile);
    return;
  }
  const std::int64_t tiles = (pixels + most - 1) / most;
  with_constant<least, most>((pixels + tiles - 1) / tiles, [&](auto p) {
    for (std::int64_t pixel = 0; pixel < pixels; pixel += p) at(std::min<std::int64_t>(pixel, pixels - p)), thin::forward_tile<L, V, p()>(tile);  // the last two may overlap
  });
}

template <int L, int V>
void gradient_row(thin::GradientTile tile, std::int64_t run) {
  constexpr int most = taps_for(V);
  const std::int64_t tiles = (run + most - 1) / most;
  for (std::int64_t i = 0, done = 0; i < tiles; ++i) {
    const std::int64_t taps = (run - done + tiles - i - 1) / (tiles - i);
    with_constant<1, most>(taps, [&](auto t) { thin::gradient_tile<L, V, t()>(tile); });
    tile.x += taps;
    tile.d_kernel += taps * tile.filled;
    done += taps;
  }
}

}  // namespace

bool ThinConvolution::suits(const Geometry& g) {
  // At least half of every vector filled: a read of whole vectors then reaches no farther than into the next pixel.
  const std::int64_t lanes = lanes_for(g.out_channels);
  const bool filled_enough = (g.out_channels + lanes - 1) / lanes * lanes <= 2 * g.out_channels;
  return filled_enough && g.groups == 1 && g.in_channels <= most_channels && g.width.size * g.in_channels <= most_run && g.width.dilation == 1 && g.height.dilation == 1;
}

ThinConvolution::ThinConvolution(const Geometry& geometry) : geometry_(geometry), lanes_(lanes_for(geometry.out_channels)) {}

std::int64_t ThinConvolution::filled() const { return (geometry_.out_channels + lanes_ - 1) / lanes_ * lanes_; }
std::int64_t ThinConvolution::padded_count() const {
  if (!padded()) return 0;
  const sdk::Window& h = geometry_.height;
  return ((h.in + h.before + h.after) * padded_width() * geometry_.in_channels + 15) / 16 * 16;
}
std::int64_t ThinConvolution::derived_count() const { return (geometry_.taps() * geometry_.in_channels + 1) * filled(); }
std::int64_t ThinConvolution::scratch_count() const { return padded_count() + derived_count() + filled(); }

void ThinConvolution::derive(const float* kernel, const float* bias, float* derived) const {
  const std::int64_t rows = geometry_.taps() * geometry_.in_channels, out = geometry_.out_channels;
  for (std::int64_t row = 0; row <= rows; ++row) {
    const float* const from = row < rows ? kernel + row * out : bias;
    float* const to = derived + row * filled();
    for (std::int64_t o = 0; o < filled(); ++o) to[o] = from && o < out ? from[o] : 0.0F;
  }
}

void ThinConvolution::clear_padding(float* scratch) const { std::fill_n(scratch, padded_count(), 0.0F); }

const float* ThinConvolution::sample(const float* x, std::int64_t n, float* scratch) const {
  const float* from = x + n * geometry_.in_sample();
  if (!padded()) return from;
  const std::int64_t line = geometry_.width.in * geometry_.in_channels, padded_line = padded_width() * geometry_.in_channels;
  float* to = scratch + geometry_.height.before * padded_line + geometry_.width.before * geometry_.in_channels;
  for (std::int64_t h = 0; h < geometry_.height.in; ++h, from += line, to += padded_line) std::copy_n(from, line, to);
  return scratch;
}

void ThinConvolution::forward(const float* x, const float* derived, float* y, float* scratch) const {
  const Geometry& g = geometry_;
  clear_padding(scratch);
  thin::ForwardTile tile{};
  tile.step = g.width.stride * g.in_channels;
  tile.line = padded_width() * g.in_channels;
  tile.rows = g.height.size, tile.run = g.width.size * g.in_channels, tile.filled = filled();
  tile.channels = g.out_channels;
  for (std::int64_t n = 0; n < g.samples; ++n) {
    const float* const image = sample(x, n, scratch);
    for_each_block(lanes_, filled(), [&](auto l, auto v, std::int64_t first) {
      tile.kernel = derived + first;
      tile.bias = derived + g.taps() * g.in_channels * filled() + first;
      tile.out = g.out_channels - first;
      for (std::int64_t oh = 0; oh < g.height.out; ++oh) {
        tile.x = image + oh * g.height.stride * tile.line;
        tile.y = y + (n * g.height.out + oh) * g.width.out * g.out_channels + first;
        forward_row<l(), v()>(tile, g.width.out);
      }
    });
  }
}

void ThinConvolution::backward_params(const float* x, const float* dy, float* d_kernel, float* d_bias, float* scratch) const {
  const Geometry& g = geometry_;
  float* const sums = scratch + padded_count();
  float* const last_pixel = sums + derived_count();
  float* const bias_sums = sums + g.taps() * g.in_channels * filled();
  const std::int64_t pixels = g.samples * g.height.out * g.width.out, line = padded_width() * g.in_channels, run = g.width.size * g.in_channels;
  clear_padding(scratch);
  std::fill_n(sums, derived_count(), 0.0F);
  // Whole vectors are read at every pixel: the very last one is read from a copy, so that nothing behind dy is.
  std::fill_n(last_pixel, filled(), 0.0F);
  std::copy_n(dy + (pixels - 1) * g.out_channels, g.out_channels, last_pixel);
  thin::GradientTile tile{};
  tile.step = g.width.stride * g.in_channels;
  tile.channels = g.out_channels;
  tile.filled = filled();
  for (std::int64_t n = 0; n < g.samples; ++n) {
    const float* const image = sample(x, n, scratch);
    for (std::int64_t oh = 0; oh < g.height.out; ++oh) {
      const bool last_row = n == g.samples - 1 && oh == g.height.out - 1;
      for_each_block(lanes_, filled(), [&](auto l, auto v, std::int64_t first) {
        const auto add = [&](std::int64_t first_pixel, std::int64_t count, const float* gradients) {
          tile.dy = gradients + first;
          tile.pixels = count;
          for (std::int64_t kh = 0; kh < g.height.size; ++kh) {
            tile.x = image + (oh * g.height.stride + kh) * line + first_pixel * tile.step;
            tile.d_kernel = sums + kh * run * filled() + first;
            gradient_row<l(), v()>(tile, run);
          }
          tile.d_kernel = bias_sums + first;
          thin::bias_tile<l(), v()>(tile);
        };
        add(0, g.width.out - last_row, dy + (n * g.height.out + oh) * g.width.out * g.out_channels);
        if (last_row) add(g.width.out - 1, 1, last_pixel);
      });
    }
  }
  for (std::int64_t row = 0; d_kernel && row < g.taps() * g.in_channels; ++row)
    for (std::int64_t o = 0; o < g.out_channels; ++o) d_kernel[row * g.out_channels + o] += sums[row * filled() + o];
  for (std::int64_t o = 0; d_bias && o < g.out_channels; ++o) d_bias[o] += bias_sums[o];
}

}  // namespace teranga::convolution
