// SPDX-License-Identifier: Apache-2.0
// The sizes of one convolution: two windows, channels and groups, channels last. A one-dimensional one has a height of 1; a depthwise one
// has as many groups as input channels, which leaves Keras's depthwise kernel (h, w, in, multiplier) as it lies in memory.
#pragma once

#include <cstdint>

#include <teranga/sdk/window.hpp>

namespace teranga::convolution {

struct Geometry {
  std::int64_t samples = 1;
  std::int64_t in_channels = 1, out_channels = 1, groups = 1;
  sdk::Window height, width;

  std::int64_t group_in() const { return in_channels / groups; }
  std::int64_t group_out() const { return out_channels / groups; }
  std::int64_t taps() const { return height.size * width.size; }
  std::int64_t kernel_count() const { return taps() * group_in() * out_channels; }  // (h, w, in / groups, out)
  std::int64_t in_sample() const { return height.in * width.in * in_channels; }     // (h, w, in)
  std::int64_t out_sample() const { return height.out * width.out * out_channels; } // (h, w, out)
  double flops() const {
    return 2.0 * static_cast<double>(samples * height.out * width.out) * static_cast<double>(kernel_count());
  }
};

}  // namespace teranga::convolution
