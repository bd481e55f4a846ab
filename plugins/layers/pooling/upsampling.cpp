// SPDX-License-Identifier: Apache-2.0
#include "upsampling.hpp"

#include <cmath>

namespace teranga::pooling {

namespace {

// Calls body(input cell, output cell, weight) for the one or four input cells of each output cell, in elements.
template <class T, class Body>
void for_each_source(const Upsampling::Plan& plan, std::int64_t samples, Body body) {
  std::int64_t to = 0;
  for (std::int64_t n = 0; n < samples; ++n)
    for (const Upsampling::Source& row : plan.rows)
      for (const Upsampling::Source& column : plan.columns) {
        const auto cell = [&](std::int64_t h, std::int64_t w, double weight) {
          if (weight != 0) body(((n * plan.height + h) * plan.width + w) * plan.channels, to, static_cast<T>(weight));
        };
        cell(row.near, column.near, (1 - row.share) * (1 - column.share));
        cell(row.near, column.far, (1 - row.share) * column.share);
        cell(row.far, column.near, row.share * (1 - column.share));
        cell(row.far, column.far, row.share * column.share);
        to += plan.channels;
      }
}

}  // namespace

sdk::LayerInfo Upsampling1d::info() {
  return {.name = "teranga.upsampling1d",
          .summary = "Repeats each step",
          .formula = "y[n,t,c] = x[n, floor(t / size), c]",
          .source = "Keras 3: UpSampling1D",
          .options = {sdk::integer("size", 2).at_least(1).says("how often each step is repeated")}};
}
Upsampling1d::Upsampling1d(const sdk::Options& options) : Upsampling("upsampling1d", {1, options.integer("size")}, false) {}

sdk::LayerInfo Upsampling2d::info() {
  return {.name = "teranga.upsampling2d",
          .summary = "Makes images larger by whole factors",
          .formula = "y[n,h,w,c] = x[n, floor(h / size_0), floor(w / size_1), c], or between the cells",
          .source = "Keras 3: UpSampling2D",
          .options = {sdk::integers("size", {2, 2}).expands_to(2).at_least(1).says("factors of height and width, or one for both"),
                      sdk::text("interpolation", "nearest").choices({"nearest", "bilinear"}).says("nearest: cells are repeated; bilinear: interpolated")}};
}
Upsampling2d::Upsampling2d(const sdk::Options& options)
    : Upsampling("upsampling2d", options.integers("size"), options.text("interpolation") == "bilinear") {}

std::vector<Upsampling::Source> Upsampling::sources(std::int64_t extent, std::int64_t size) const {
  std::vector<Source> all;
  for (std::int64_t i = 0; i < extent * size; ++i) {
    if (!bilinear_) {
      all.push_back({i / size, i / size, 0});
      continue;
    }
    const double at = (static_cast<double>(i) + 0.5) / static_cast<double>(size) - 0.5, below = std::floor(at);
    const auto near = static_cast<std::int64_t>(below);
    all.push_back({std::max<std::int64_t>(near, 0), std::min(near + 1, extent - 1), at - below});
  }
  return all;
}

Upsampling::Plan Upsampling::plan(sdk::LayerPlan& p) const {
  const bool flat = layer_ == "upsampling1d";
  const sdk::Shape& x = p.real_input(0).shape;
  expect_image(layer_, flat ? 1 : 2, x);
  Plan plan{{}, {}, flat ? 1 : x[1], x[-2], x.last()};
  plan.rows = sources(plan.height, size_[0]);
  plan.columns = sources(plan.width, size_[1]);
  const std::int64_t height = plan.height * size_[0], width = plan.width * size_[1];
  p.output(flat ? sdk::Shape{x[0], width, plan.channels} : sdk::Shape{x[0], height, width, plan.channels});
  p.cost((bilinear_ ? 8.0 : 1.0) * static_cast<double>(x[0] * height * width * plan.channels));
  return plan;
}

template <class T>
void Upsampling::forward(const sdk::Slice<T>& s, const Plan& plan) const {
  const T* x = s.in(0).data;
  T* y = s.out(0).data;
  const std::int64_t channels = plan.channels;
  if (bilinear_) std::fill_n(y, s.out(0).count(), T(0));
  for_each_source<T>(plan, s.samples(), [=, this](std::int64_t from, std::int64_t to, T weight) {
    const T* __restrict a = x + from;
    T* __restrict b = y + to;
    if (!bilinear_) return static_cast<void>(std::copy_n(a, channels, b));
    for (std::int64_t c = 0; c < channels; ++c) b[c] += weight * a[c];
  });
}

template <class T>
void Upsampling::backward(const sdk::Slice<T>& s, const Plan& plan) const {
  const sdk::View<T> dx = s.d_in(0);
  const sdk::View<const T> dy = s.d_out(0);
  if (!dx) return;
  std::fill(dx.begin(), dx.end(), T(0));
  if (!dy) return;
  for_each_source<T>(plan, s.samples(), [&](std::int64_t from, std::int64_t to, T weight) {
    T* __restrict a = dx.data + from;
    const T* __restrict b = dy.data + to;
    for (std::int64_t c = 0; c < plan.channels; ++c) a[c] += weight * b[c];
  });
}

template void Upsampling::forward(const sdk::Slice<float>&, const Plan&) const;
template void Upsampling::forward(const sdk::Slice<double>&, const Plan&) const;
template void Upsampling::backward(const sdk::Slice<float>&, const Plan&) const;
template void Upsampling::backward(const sdk::Slice<double>&, const Plan&) const;

}  // namespace teranga::pooling
