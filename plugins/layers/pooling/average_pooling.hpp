// SPDX-License-Identifier: Apache-2.0
// Average pooling: the mean of those cells of each window that lie inside the input.
//
//   y[n,h,w,c] = mean over k, l of x[n, h s + k - p, w s + l - p, c]
#pragma once

#include "pooling.hpp"

namespace teranga::pooling {

class AveragePooling {
 public:
  AveragePooling(std::string layer, int axes, const sdk::Options& options) : window_(std::move(layer), axes, options) {}

  Image plan(sdk::LayerPlan& p) const;
  template <class T>
  void forward(const sdk::Slice<T>& s, const Image& image) const;
  template <class T>
  void backward(const sdk::Slice<T>& s, const Image& image) const;

 private:
  WindowOptions window_;
};

template <int axes>
class AverageLayer : public AveragePooling {
 public:
  static sdk::LayerInfo info() {
    return {.name = std::string("teranga.") + name(),
            .summary = "Mean of each window",
            .formula = "y[n,h,w,c] = mean_{k,l} x[n, h s + k - p, w s + l - p, c], over cells inside the input",
            .source = axes == 1 ? "Keras 3: AveragePooling1D" : "Keras 3: AveragePooling2D",
            .options = WindowOptions::declared(axes)};
  }
  explicit AverageLayer(const sdk::Options& options) : AveragePooling(name(), axes, options) {}

 private:
  static constexpr const char* name() { return axes == 1 ? "average_pooling1d" : "average_pooling2d"; }
};

extern template void AveragePooling::forward(const sdk::Slice<float>&, const Image&) const;
extern template void AveragePooling::forward(const sdk::Slice<double>&, const Image&) const;
extern template void AveragePooling::backward(const sdk::Slice<float>&, const Image&) const;
extern template void AveragePooling::backward(const sdk::Slice<double>&, const Image&) const;

}  // namespace teranga::pooling
