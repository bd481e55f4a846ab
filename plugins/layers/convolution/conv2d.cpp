// SPDX-License-Identifier: Apache-2.0
#include "layers.hpp"

namespace teranga::convolution {

sdk::LayerInfo Conv2d::info() {
  sdk::LayerInfo info{.name = "teranga.conv2d",
                      .summary = "Convolution of images",
                      .formula = "y[n,h,w,o] = bias[o] + sum_{k,l,i} x[n, h s + k d - p, w s + l d - p, i] kernel[k,l,i,o]",
                      .source = "Keras 3: Conv2D",
                      .options = {sdk::integer("filters").at_least(1).says("output channels"), kernel_size_option(2), strides_option(2),
                                  sdk::text("padding", "valid").choices({"valid", "same"}).says("valid: none; same: the image keeps its size (at stride 1)"),
                                  dilation_option(2),
                                  sdk::integer("groups", 1).at_least(1).says("groups of channels, each of which is convolved separately")}};
  for (const sdk::OptionSpec& option : weight_options("kernel")) info.options.push_back(option);
  return info;
}

Conv2d::Conv2d(const sdk::Options& options)
    : Convolution(Settings("conv2d", options, "kernel")), filters_(options.integer("filters")), groups_(options.integer("groups")) {
  expect_groups_divide_filters(settings_.layer, filters_, groups_);
}

ConvolutionPlan Conv2d::plan(sdk::LayerPlan& p) const {
  const sdk::Shape x = p.input(0).shape;
  expect_rank(x, 4, "(samples, height, width, channels)");
  expect_groups_divide_channels(settings_.layer, x, groups_);
  Geometry g{.samples = x[0], .in_channels = x[3], .out_channels = filters_, .groups = groups_, .height = window(x[1], 0, x), .width = window(x[2], 1, x)};
  return plan_with(p, g, {x[0], g.height.out, g.width.out, filters_}, {g.height.size, g.width.size, g.group_in(), filters_});
}

}  // namespace teranga::convolution
