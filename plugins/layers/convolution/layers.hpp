// SPDX-License-Identifier: Apache-2.0
// The three convolution layers of Keras, channels last, over the shared passes of convolution.hpp.
#pragma once

#include "convolution.hpp"

namespace teranga::convolution {

// x (N, T, C) -> y (N, T', filters); kernel (k, C / groups, filters).
class Conv1d : public Convolution {
 public:
  static sdk::LayerInfo info();
  explicit Conv1d(const sdk::Options& options);
  ConvolutionPlan plan(sdk::LayerPlan& p) const;

 private:
  std::int64_t filters_, groups_;
};

// x (N, H, W, C) -> y (N, H', W', filters); kernel (kh, kw, C / groups, filters).
class Conv2d : public Convolution {
 public:
  static sdk::LayerInfo info();
  explicit Conv2d(const sdk::Options& options);
  ConvolutionPlan plan(sdk::LayerPlan& p) const;

 private:
  std::int64_t filters_, groups_;
};

// x (N, H, W, C) -> y (N, H', W', C multiplier), each channel by itself; kernel (kh, kw, C, multiplier).
class DepthwiseConv2d : public Convolution {
 public:
  static sdk::LayerInfo info();
  explicit DepthwiseConv2d(const sdk::Options& options);
  ConvolutionPlan plan(sdk::LayerPlan& p) const;

 private:
  std::int64_t multiplier_;
};

// Throw unless filters and channels divide into groups.
void expect_groups_divide_filters(const std::string& layer, std::int64_t filters, std::int64_t groups);
void expect_groups_divide_channels(const std::string& layer, const sdk::Shape& input, std::int64_t groups);

}  // namespace teranga::convolution
