// SPDX-License-Identifier: Apache-2.0
#include "layers.hpp"

namespace teranga::convolution {

sdk::LayerInfo Conv1d::info() {
  sdk::LayerInfo info{.name = "teranga.conv1d",
                      .summary = "Convolution along one axis, such as time",
                      .formula = "y[n,t,o] = bias[o] + sum_{k,i} x[n, t s + k d - p, i] kernel[k,i,o]",
                      .source = "Keras 3: Conv1D",
                      .options = {sdk::integer("filters").at_least(1).says("output channels"), kernel_size_option(1), strides_option(1),
                                  sdk::text("padding", "valid").choices({"valid", "same", "causal"}).says("valid: none; same: the length stays (at stride 1); causal: no output sees a later input"),
                                  dilation_option(1),
                                  sdk::integer("groups", 1).at_least(1).says("groups of channels, each of which is convolved separately")}};
  for (const sdk::OptionSpec& option : weight_options("kernel")) info.options.push_back(option);
  return info;
}

Conv1d::Conv1d(const sdk::Options& options)
    : Convolution(Settings("conv1d", options, "kernel")), filters_(options.integer("filters")), groups_(options.integer("groups")) {
  expect_groups_divide_filters(settings_.layer, filters_, groups_);
}

ConvolutionPlan Conv1d::plan(sdk::LayerPlan& p) const {
  const sdk::Shape x = p.input(0).shape;
  expect_rank(x, 3, "(samples, steps, channels)");
  expect_groups_divide_channels(settings_.layer, x, groups_);
  Geometry g{.samples = x[0], .in_channels = x[2], .out_channels = filters_, .groups = groups_, .height = {}, .width = window(x[1], 0, x)};
  return plan_with(p, g, {x[0], g.width.out, filters_}, {g.width.size, g.group_in(), filters_});
}

void expect_groups_divide_filters(const std::string& layer, std::int64_t filters, std::int64_t groups) {
  if (filters % groups != 0)
    throw sdk::OptionError("groups", layer + " expects a number of groups that divides filters = " + std::to_string(filters) + ", found groups = " + std::to_string(groups),
                           "groups = 1");
}

void expect_groups_divide_channels(const std::string& layer, const sdk::Shape& input, std::int64_t groups) {
  if (input.last() % groups != 0)
    throw sdk::ShapeError(layer + " expects a number of input channels that groups = " + std::to_string(groups) + " divides, found " + input.text(), "input",
                          "groups = 1");
}

}  // namespace teranga::convolution
