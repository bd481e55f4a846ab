// SPDX-License-Identifier: Apache-2.0
#include "thin_convolution.hpp"

#include <algorithm>

#include "register_tiles.hpp"

namespace teranga::convolution {

namespace {

constexpr std::int64_t most_channels = 4, most_run = 64;

}  // namespace

bool ThinConvolution::suits(const Geometry& g) {
  // At least half of every vector filled: a read of whole vectors then reaches no farther than into the next pixel.
  const bool filled_enough = filled_up(g.out_channels) <= 2 * g.out_channels;
  return filled_enough && g.groups == 1 && g.in_channels <= most_channels && g.width.size * g.in_channels <= most_run && g.width.dilation == 1 && g.height.dilation == 1;
}

ThinConvolution::ThinConvolution(const Geometry& geometry) : geometry_(geometry) {}

std::int64_t ThinConvolution::filled() const { return filled_up(geometry_.out_channels); }
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
  ForwardTile tile{};
  tile.step = g.width.stride * g.in_channels;
  tile.line = padded_width() * g.in_channels;
  tile.rows = g.height.size, tile.run = g.width.size * g.in_channels, tile.filled = filled();
  tile.channels = g.out_channels;
  for (std::int64_t n = 0; n < g.samples; ++n) {
    const float* const image = sample(x, n, scratch);
    for_each_block(filled(), [&](const ChannelBlock& block) {
      tile.kernel = derived + block.first;
      tile.bias = derived + g.taps() * g.in_channels * filled() + block.first;
      tile.out = g.out_channels - block.first;
      for (std::int64_t oh = 0; oh < g.height.out; ++oh) {
        tile.x = image + oh * g.height.stride * tile.line;
        tile.y = y + (n * g.height.out + oh) * g.width.out * g.out_channels + block.first;
        forward_row(block, tile, g.width.out);
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
  GradientTile tile{};
  tile.step = g.width.stride * g.in_channels;
  tile.channels = g.out_channels;
  tile.filled = filled();
  for (std::int64_t n = 0; n < g.samples; ++n) {
    const float* const image = sample(x, n, scratch);
    for (std::int64_t oh = 0; oh < g.height.out; ++oh) {
      const bool last_row = n == g.samples - 1 && oh == g.height.out - 1;
      for_each_block(filled(), [&](const ChannelBlock& block) {
        const auto add = [&](std::int64_t first_pixel, std::int64_t count, const float* gradients) {
          tile.dy = gradients + block.first;
          tile.pixels = count;
          for (std::int64_t kh = 0; kh < g.height.size; ++kh) {
            tile.x = image + (oh * g.height.stride + kh) * line + first_pixel * tile.step;
            tile.d_kernel = sums + kh * run * filled() + block.first;
            gradient_row(block, tile, run);
          }
          tile.d_kernel = bias_sums + block.first;
          bias_row(block, tile);
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
