// SPDX-License-Identifier: Apache-2.0
#include "zero_padding.hpp"

#include <teranga/sdk/elementwise.hpp>

namespace teranga::pooling {

namespace {

ZeroPadding::Edges edges_of_steps(const std::vector<std::int64_t>& n) { return {.left = n[0], .right = n[1]}; }

ZeroPadding::Edges edges_of_image(const std::vector<std::int64_t>& n) {
  if (n.size() == 1) return {n[0], n[0], n[0], n[0]};
  if (n.size() == 2) return {n[0], n[0], n[1], n[1]};
  if (n.size() == 4) return {n[0], n[1], n[2], n[3]};
  throw sdk::OptionError("padding", "zero_padding2d expects a padding of one number, [height, width] or [top, bottom, left, right], found " + std::to_string(n.size()) + " numbers",
                         "padding = [0, 1, 0, 1]");
}

}  // namespace

sdk::LayerInfo ZeroPadding1d::info() {
  return {.name = "teranga.zero_padding1d",
          .summary = "Zeros before and after a sequence",
          .formula = "y[n,t,c] = x[n, t - left, c], or 0 outside",
          .source = "Keras 3: ZeroPadding1D",
          .options = {sdk::integers("padding", {1, 1}).expands_to(2).at_least(0).says("cells on both sides, or [left, right]")}};
}

ZeroPadding1d::ZeroPadding1d(const sdk::Options& options) : ZeroPadding("zero_padding1d", 1, edges_of_steps(options.integers("padding"))) {}

sdk::LayerInfo ZeroPadding2d::info() {
  return {.name = "teranga.zero_padding2d",
          .summary = "Zeros around an image",
          .formula = "y[n,h,w,c] = x[n, h - top, w - left, c], or 0 outside",
          .source = "Keras 3: ZeroPadding2D",
          .options = {sdk::integers("padding", {1, 1})
                          .expands_to(2)
                          .items(1, 4)
                          .at_least(0)
                          .says("cells on all sides, or [height, width] on both sides of each axis, or [top, bottom, left, right]")}};
}

ZeroPadding2d::ZeroPadding2d(const sdk::Options& options) : ZeroPadding("zero_padding2d", 2, edges_of_image(options.integers("padding"))) {}

ZeroPadding::Frame ZeroPadding::plan(sdk::LayerPlan& p) const {
  const sdk::Shape& x = p.input(0).shape;
  expect_image(layer_, axes_, x);
  const Frame frame{edges_, axes_ == 2 ? x[1] : 1, x[axes_], x.last()};
  const std::int64_t height = frame.height + edges_.top + edges_.bottom, width = frame.width + edges_.left + edges_.right;
  p.output(axes_ == 2 ? sdk::Shape{x[0], height, width, frame.channels} : sdk::Shape{x[0], width, frame.channels});
  p.cost(static_cast<double>(x[0] * height * width * frame.channels));
  return frame;
}

template <class T>
void ZeroPadding::forward(const sdk::Slice<T>& s, const Frame& f) const {
  const std::int64_t line = f.width * f.channels, left = f.edges.left * f.channels, right = f.edges.right * f.channels;
  const T* x = s.in(0).data;
  T* y = s.out(0).data;
  const auto zeros = [&y](std::int64_t count) { y = std::fill_n(y, count, T(0)); };
  for (std::int64_t n = 0; n < s.samples(); ++n) {
    zeros(f.edges.top * (left + line + right));
    for (std::int64_t h = 0; h < f.height; ++h, x += line) {
      zeros(left);
      y = std::copy_n(x, line, y);
      zeros(right);
    }
    zeros(f.edges.bottom * (left + line + right));
  }
}

template <class T>
void ZeroPadding::backward(const sdk::Slice<T>& s, const Frame& f) const {
  const sdk::View<T> dx = s.d_in(0);
  const sdk::View<const T> dy = s.d_out(0);
  if (!dx || !dy) return sdk::pass_on(dy, dx);
  const std::int64_t line = f.width * f.channels, padded = line + (f.edges.left + f.edges.right) * f.channels;
  for (std::int64_t n = 0; n < s.samples(); ++n)
    for (std::int64_t h = 0; h < f.height; ++h)
      std::copy_n(dy.at_row(n) + (h + f.edges.top) * padded + f.edges.left * f.channels, line, dx.at_row(n) + h * line);
}

template void ZeroPadding::forward(const sdk::Slice<float>&, const Frame&) const;
template void ZeroPadding::forward(const sdk::Slice<double>&, const Frame&) const;
template void ZeroPadding::backward(const sdk::Slice<float>&, const Frame&) const;
template void ZeroPadding::backward(const sdk::Slice<double>&, const Frame&) const;

}  // namespace teranga::pooling
