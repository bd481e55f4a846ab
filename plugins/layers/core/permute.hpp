// SPDX-License-Identifier: Apache-2.0
// Axes of each sample in another order.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct Permute {
  static sdk::LayerInfo info() {
    return {.name = "teranga.permute", .author = "Teranga", .summary = "Axes of each sample in another order", .formula = "axis i of y is axis dims[i] of x",
            .source = "https://keras.io/api/layers/reshaping_layers/permute/",
            .options = {sdk::integers("dims").items(1, 8).says("the axes of x, counted from 1 (0 is samples), in the order that y has them")}};
  }
  std::vector<std::int64_t> dims;
  explicit Permute(const sdk::Options& options) : dims(options.integers("dims")) {
    std::vector<std::int64_t> sorted = dims;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i)
      if (sorted[i] != static_cast<std::int64_t>(i) + 1)
        throw sdk::OptionError("dims", "must name each axis from 1 to " + std::to_string(dims.size()) + " once", swapped(dims.size()));
  }

  // Dims that swap the first two axes.
  static std::string swapped(std::size_t axes) {
    std::string text = axes > 1 ? "dims = [2, 1" : "dims = [1";
    for (std::size_t axis = 3; axis <= axes; ++axis) text.append(", ").append(std::to_string(axis));
    return text + "]";
  }

  // Extents of y and, axis by axis, the step in x.
  struct Walk {
    std::vector<std::int64_t> extents, steps;
  };
  Walk plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() != static_cast<std::int32_t>(dims.size()) + 1)
      throw sdk::ShapeError("permute with " + std::to_string(dims.size()) + " dims expects an input of rank " + std::to_string(dims.size() + 1) + " (with samples), found " +
                                x.shape.text(),
                            x.name, x.shape.rank() > 1 ? swapped(static_cast<std::size_t>(x.shape.rank() - 1)) : "add a layer of type \"reshape\" with target_shape = [1] before it, and write dims = [1]");
    Walk walk;
    sdk::Shape y{x.shape[0]};
    for (const std::int64_t axis : dims) {
      walk.extents.push_back(x.shape[axis]);
      walk.steps.push_back(x.shape.product(static_cast<std::size_t>(axis) + 1));
      y.push_back(x.shape[axis]);
    }
    p.output(y);
    return walk;
  }

  // Visits y in order: body(place in x, place in y, elements, step in x).
  template <class F>
  static void each_run(const Walk& walk, F body) {
    const std::size_t last = walk.extents.size() - 1;
    std::int64_t count = 1, index[8] = {}, at = 0;
    for (std::size_t i = 0; i < last; ++i) count *= walk.extents[i];
    for (std::int64_t run = 0; run < count; ++run) {
      body(at, run * walk.extents[last], walk.extents[last], walk.steps[last]);
      for (std::size_t axis = last; axis-- > 0;) {
        at += walk.steps[axis];
        if (++index[axis] < walk.extents[axis]) break;
        at -= walk.steps[axis] * walk.extents[axis];
        index[axis] = 0;
      }
    }
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Walk& walk) const {
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      const T* x = s.in(0).at_row(n);
      T* y = s.out(0).at_row(n);
      each_run(walk, [=](std::int64_t from, std::int64_t to, std::int64_t length, std::int64_t step) {
        for (std::int64_t i = 0; i < length; ++i) y[to + i] = x[from + i * step];
      });
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const Walk& walk) const {
    const auto dx = s.d_in(0);
    const auto dy = s.d_out(0);
    if (!dx || !dy) return sdk::pass_on(dy, dx);
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      const T* from = dy.at_row(n);
      T* to = dx.at_row(n);
      each_run(walk, [=](std::int64_t x, std::int64_t y, std::int64_t length, std::int64_t step) {
        for (std::int64_t i = 0; i < length; ++i) to[x + i * step] = from[y + i];
      });
    }
  }
};

}  // namespace teranga::layers
