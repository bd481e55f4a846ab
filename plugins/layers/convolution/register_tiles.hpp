// SPDX-License-Identifier: Apache-2.0
// Sums of products that stay in registers: rows of pixels times output channels (forward), and values of a window times output channels
// (the kernel's gradient). A product of matrices is the convolution of one tap: its rows are the pixels.
#pragma once

#include <algorithm>
#include <cstdint>

#include "vectors.hpp"

namespace teranga::convolution {

inline constexpr int most_vectors = registers == 16 ? 3 : 4;  // of a tile, a half one counted

// Output channels that a tile takes at once, from `first` on: `vectors` of the widest, and behind them perhaps one of half as many lanes.
struct ChannelBlock {
  std::int64_t first, vectors;
  bool half;
};

inline std::int64_t filled_up(std::int64_t channels) { return (channels + narrower - 1) / narrower * narrower; }

// Calls body(block) for the blocks that cover `filled` channels, a multiple of `narrower`.
template <class Body>
void for_each_block(std::int64_t filled, Body&& body) {
  constexpr std::int64_t most = most_vectors * widest;
  for (std::int64_t first = 0; first < filled;) {
    const std::int64_t left = filled - first, blocks = (left + most - 1) / most, channels = std::min(left, ((left + blocks - 1) / blocks + widest - 1) / widest * widest);
    body(ChannelBlock{first, channels / widest, channels % widest != 0});
    first += channels;
  }
}

// Pixels, a step of `step` values of x apart, times the output channels of a block, `out` of which exist.
struct ForwardTile {
  const float* x;        // the first pixel's window
  std::int64_t step, line;  // values from one pixel to the next, from one row of the window to the next
  const float* kernel;   // (rows, run, filled)
  std::int64_t rows, run, filled;
  const float* bias;
  float* y;
  std::int64_t out, channels;  // of this block, of a pixel
};
// y = the sums over the window, for `pixels` pixels.
void forward_row(const ChannelBlock& block, const ForwardTile& tile, std::int64_t pixels);

// Values of the window's row times the output channels of a block, summed over a row of pixels.
struct GradientTile {
  const float* x;
  std::int64_t step;
  const float* dy;  // whole vectors may be read at every pixel
  std::int64_t channels, pixels;
  float* d_kernel;  // (run, filled)
  std::int64_t filled;
};
// d_kernel += the sums over the pixels, for `run` values of x that lie side by side.
void gradient_row(const ChannelBlock& block, const GradientTile& tile, std::int64_t run);
// d_kernel, here (filled), += the sums of dy.
void bias_row(const ChannelBlock& block, const GradientTile& tile);

}  // namespace teranga::convolution
