// SPDX-License-Identifier: Apache-2.0
#include "pooling.hpp"

#include <algorithm>

#include "../picture_hint.hpp"

namespace teranga::pooling {

std::vector<sdk::OptionSpec> WindowOptions::declared(std::int64_t axes) {
  return {sdk::integers("pool_size", std::vector<std::int64_t>(static_cast<std::size_t>(axes), 2))
              .expands_to(axes)
              .at_least(1)
              .says("extent of the window, one number for all axes or one for each"),
          sdk::OptionSpec("strides", TRG_LIST).optional().expands_to(axes).at_least(1).says("steps from one window to the next; left out: pool_size"),
          sdk::text("padding", "valid").choices({"valid", "same"}).says("valid: only whole windows; same: ceil(in / strides) windows, and cells outside do not count")};
}

WindowOptions::WindowOptions(std::string layer, int axes, const sdk::Options& options)
    : layer_(std::move(layer)),
      axes_(axes),
      pool_size_(options.integers("pool_size")),
      strides_(options.has("strides") ? options.integers("strides") : pool_size_),
      padding_(options.text("padding")) {}

void expect_image(const std::string& layer, int axes, const sdk::Shape& input) {
  if (input.rank() == axes + 2) return;
  const bool flat = axes == 1;
  throw sdk::ShapeError(layer + " expects an input of rank " + std::to_string(axes + 2) + (flat ? " (samples, steps, channels)" : " (samples, height, width, channels)") +
                            ", found " + input.text(),
                        "input", layers::reshape_hint(input, axes));
}

namespace {

std::int64_t smallest_side(const sdk::Shape& input) {
  std::int64_t least = input[1];
  for (std::int32_t axis = 2; axis < input.rank() - 1; ++axis) least = std::min(least, input[axis]);
  return least;
}

}  // namespace

Image WindowOptions::image(const sdk::Shape& input) const {
  expect_image(layer_, axes_, input);
  Image image{.samples = input[0], .channels = input.last(), .height = {}, .width = {}};
  const auto window = [&](std::int64_t extent, int axis) {
    const std::size_t i = static_cast<std::size_t>(axis);
    const sdk::Window w = sdk::Window::over(extent, pool_size_[i], strides_[i], 1, padding_);
    if (extent < 1 || w.out < 1)
      throw sdk::ShapeError(layer_ + " expects an input of at least " + std::to_string(pool_size_[i]) + " cells along spatial axis " + std::to_string(axis + 1) +
                                ", the pool_size, found " + input.text(),
                            "input", smallest_side(input) > 1 ? "pool_size = 2" : "padding = \"same\", or leave this layer out: its input is small already");
    return w;
  };
  if (axes_ == 2) image.height = window(input[1], 0);
  image.width = window(input[axes_], axes_ - 1);
  return image;
}

sdk::Shape WindowOptions::output(const sdk::Shape& input, const Image& image) const {
  if (axes_ == 1) return {input[0], image.width.out, image.channels};
  return {input[0], image.height.out, image.width.out, image.channels};
}

}  // namespace teranga::pooling
