// SPDX-License-Identifier: Apache-2.0
// What the pooling layers share: images with channels last (a one-dimensional layer has a height of 1), the options of windows, and the
// walk over the cells of a window that lie inside the image.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <teranga/sdk/layer.hpp>
#include <teranga/sdk/window.hpp>

namespace teranga::pooling {

struct Image {
  std::int64_t samples = 1, channels = 1;
  sdk::Window height, width;
  std::int64_t in_sample() const { return height.in * width.in * channels; }
  std::int64_t out_sample() const { return height.out * width.out * channels; }
};

// A cell of a window: the first element of its channels in x, of the window's in y, its number among the cells that lie inside the image, and
// how many of them there are.
struct Cell {
  std::int64_t x, y, number, of;
};

// Calls visit(cell) for the cells of every window, in row-major order of the window.
template <class Visit>
void for_each_cell(const Image& image, std::int64_t samples, Visit&& visit) {
  const sdk::Window &h = image.height, &w = image.width;
  for (std::int64_t n = 0; n < samples; ++n)
    for (std::int64_t oh = 0; oh < h.out; ++oh)
      for (std::int64_t ow = 0; ow < w.out; ++ow) {
        const std::int64_t y = ((n * h.out + oh) * w.out + ow) * image.channels;
        const std::int64_t top = h.tap_begin(oh), bottom = h.tap_end(oh), left = w.tap_begin(ow), right = w.tap_end(ow);
        Cell cell{0, y, 0, (bottom - top) * (right - left)};
        for (std::int64_t kh = top; kh < bottom; ++kh) {
          cell.x = ((n * h.in + h.start(oh) + kh) * w.in + w.start(ow) + left) * image.channels;
          for (std::int64_t kw = left; kw < right; ++kw, ++cell.number, cell.x += image.channels) visit(cell);
        }
      }
}

// pool_size, strides and padding of a layer over one or two axes.
class WindowOptions {
 public:
  static std::vector<sdk::OptionSpec> declared(std::int64_t axes);

  WindowOptions(std::string layer, int axes, const sdk::Options& options);
  // The image that an input is, or sdk::ShapeError; declares nothing.
  Image image(const sdk::Shape& input) const;
  // The shape of the output.
  sdk::Shape output(const sdk::Shape& input, const Image& image) const;

 private:
  std::string layer_;
  int axes_;
  std::vector<std::int64_t> pool_size_, strides_;
  std::string padding_;
};

// Throws sdk::ShapeError unless the input has samples, `axes` spatial axes and channels.
void expect_image(const std::string& layer, int axes, const sdk::Shape& input);

}  // namespace teranga::pooling
