// SPDX-License-Identifier: Apache-2.0
// Max and min pooling. The largest (smallest) cell of each window; its gradient goes to the first such cell in row-major order of the window.
// Windows of 2 x 2 side by side store which it was in a byte; others find it again from x and y.
//
//   y[n,h,w,c] = max over k, l of x[n, h s + k - p, w s + l - p, c];   cells outside do not take part
#pragma once

#include "pooling.hpp"

namespace teranga::pooling {

enum class Extremum { largest, smallest };

struct ExtremumPlan : Image {
  bool stores = false;  // winners
};

class ExtremumPooling {
 public:
  ExtremumPooling(Extremum kind, std::string layer, int axes, const sdk::Options& options) : kind_(kind), window_(std::move(layer), axes, options) {}

  ExtremumPlan plan(sdk::LayerPlan& p) const;
  template <class T>
  void forward(const sdk::Slice<T>& s, const ExtremumPlan& image) const;
  template <class T>
  void backward(const sdk::Slice<T>& s, const ExtremumPlan& image) const;

 private:
  Extremum kind_;
  WindowOptions window_;
};

template <Extremum kind, int axes>
class ExtremumLayer : public ExtremumPooling {
 public:
  static sdk::LayerInfo info() {
    const bool largest = kind == Extremum::largest;
    return {.name = std::string("teranga.") + name(),
            .summary = largest ? "Largest value of each window" : "Smallest value of each window",
            .formula = std::string("y[n,h,w,c] = ") + (largest ? "max" : "min") + "_{k,l} x[n, h s + k - p, w s + l - p, c]",
            .source = largest ? (axes == 1 ? "Keras 3: MaxPooling1D" : "Keras 3: MaxPooling2D") : "Keras 3: MaxPooling of -x, negated",
            .options = WindowOptions::declared(axes)};
  }
  explicit ExtremumLayer(const sdk::Options& options) : ExtremumPooling(kind, name(), axes, options) {}

 private:
  static constexpr const char* name() {
    if (kind == Extremum::largest) return axes == 1 ? "max_pooling1d" : "max_pooling2d";
    return axes == 1 ? "min_pooling1d" : "min_pooling2d";
  }
};

extern template void ExtremumPooling::forward(const sdk::Slice<float>&, const ExtremumPlan&) const;
extern template void ExtremumPooling::forward(const sdk::Slice<double>&, const ExtremumPlan&) const;
extern template void ExtremumPooling::backward(const sdk::Slice<float>&, const ExtremumPlan&) const;
extern template void ExtremumPooling::backward(const sdk::Slice<double>&, const ExtremumPlan&) const;

}  // namespace teranga::pooling
