// SPDX-License-Identifier: Apache-2.0
#include "layers.hpp"

namespace teranga::convolution {

sdk::LayerInfo DepthwiseConv2d::info() {
  sdk::LayerInfo info{.name = "teranga.depthwise_conv2d",
                      .summary = "Convolution of images, for each channel separately",
                      .formula = "y[n,h,w,i m + j] = bias[i m + j] + sum_{k,l} x[n, h s + k d - p, w s + l d - p, i] kernel[k,l,i,j], m = depth_multiplier",
                      .source = "Keras 3: DepthwiseConv2D",
                      .options = {kernel_size_option(2), strides_option(2),
                                  sdk::text("padding", "valid").choices({"valid", "same"}).says("valid: none; same: the image keeps its size (at stride 1)"),
                                  sdk::integer("depth_multiplier", 1).at_least(1).says("output channels for each input channel"),
                                  dilation_option(2)}};
  for (const sdk::OptionSpec& option : weight_options("depthwise")) info.options.push_back(option);
  return info;
}

DepthwiseConv2d::DepthwiseConv2d(const sdk::Options& options)
    : Convolution(Settings("depthwise_conv2d", options, "depthwise")), multiplier_(options.integer("depth_multiplier")) {}

ConvolutionPlan DepthwiseConv2d::plan(sdk::LayerPlan& p) const {
  const sdk::Shape x = p.input(0).shape;
  expect_rank(x, 4, "(samples, height, width, channels)");
  Geometry g{.samples = x[0], .in_channels = x[3], .out_channels = x[3] * multiplier_, .groups = x[3], .height = window(x[1], 0, x), .width = window(x[2], 1, x)};
  return plan_with(p, g, {x[0], g.height.out, g.width.out, g.out_channels}, {g.height.size, g.width.size, x[3], multiplier_});
}

}  // namespace teranga::convolution
