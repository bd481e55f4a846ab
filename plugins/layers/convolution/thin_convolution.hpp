// SPDX-License-Identifier: Apache-2.0
// Forward and kernel gradient of a convolution with few input channels, a network's first layer as a rule, in f32. Channels last, a row of the
// kernel window is one contiguous run of kernel width x channels values of x; a tile of output pixels x output channels stays in registers
// over all of them. The kernel library fills a third to a half of its vectors there.
#pragma once

#include <cstdint>

#include "geometry.hpp"

namespace teranga::convolution {

class ThinConvolution {
 public:
  static bool suits(const Geometry& geometry);
  explicit ThinConvolution(const Geometry& geometry);

  std::int64_t derived_count() const;  // elements
  std::int64_t scratch_count() const;

  // derived = kernel (rows, run, out channels filled up to whole vectors), then bias alike. bias may be null.
  void derive(const float* kernel, const float* bias, float* derived) const;
  void forward(const float* x, const float* derived, float* y, float* scratch) const;
  // Adds. d_kernel and d_bias may be null.
  void backward_params(const float* x, const float* dy, float* d_kernel, float* d_bias, float* scratch) const;

 private:
  bool padded() const { return geometry_.height.before + geometry_.height.after + geometry_.width.before + geometry_.width.after > 0; }
  std::int64_t padded_width() const { return geometry_.width.in + geometry_.width.before + geometry_.width.after; }
  std::int64_t padded_count() const;
  std::int64_t filled() const;  // out channels, filled up to whole vectors
  // The sample with its padding around it: x itself, or a copy in scratch whose borders clear_padding made.
  const float* sample(const float* x, std::int64_t n, float* scratch) const;
  void clear_padding(float* scratch) const;

  Geometry geometry_;
};

}  // namespace teranga::convolution
