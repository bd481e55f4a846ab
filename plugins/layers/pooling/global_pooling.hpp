// SPDX-License-Identifier: Apache-2.0
// Global pooling: the largest value or the mean of each channel over all spatial cells. Where several cells are the largest, they share the
// gradient evenly, as Keras's maximum over axes has it (unlike its windows, which give it to the first).
// The mean over one axis counts the steps alone that a mask keeps, and gives 0 where it keeps none; the others end a mask unread, as Keras's do.
#pragma once

#include "pooling.hpp"

namespace teranga::pooling {

enum class Over { maximum, average };

class GlobalPooling {
 public:
  GlobalPooling(Over kind, std::string layer, int axes, const sdk::Options& options)
      : kind_(kind), layer_(std::move(layer)), axes_(axes), keepdims_(options.boolean("keepdims")) {}

  struct Cells {
    std::int64_t count, channels;
    bool masked = false;
  };
  Cells plan(sdk::LayerPlan& p) const;
  template <class T>
  void forward(const sdk::Slice<T>& s, const Cells& cells) const;
  template <class T>
  void backward(const sdk::Slice<T>& s, const Cells& cells) const;

 private:
  Over kind_;
  std::string layer_;
  int axes_;
  bool keepdims_;
};

template <Over kind, int axes>
class GlobalLayer : public GlobalPooling {
 public:
  static sdk::LayerInfo info() {
    const bool maximum = kind == Over::maximum;
    return {.name = std::string("teranga.") + name(),
            .summary = maximum ? "Largest value of each channel" : "Mean of each channel",
            .formula = std::string("y[n,c] = ") + (maximum ? "max" : "mean") + "_{h,w} x[n,h,w,c]",
            .source = std::string("Keras 3: Global") + (maximum ? "Max" : "Average") + (axes == 1 ? "Pooling1D" : "Pooling2D"),
            .options = {sdk::boolean("keepdims", false).says("whether the spatial axes stay, with an extent of 1")}};
  }
  explicit GlobalLayer(const sdk::Options& options) : GlobalPooling(kind, name(), axes, options) {}

 private:
  static constexpr const char* name() {
    if (kind == Over::maximum) return axes == 1 ? "global_max_pooling1d" : "global_max_pooling2d";
    return axes == 1 ? "global_average_pooling1d" : "global_average_pooling2d";
  }
};

extern template void GlobalPooling::forward(const sdk::Slice<float>&, const Cells&) const;
extern template void GlobalPooling::forward(const sdk::Slice<double>&, const Cells&) const;
extern template void GlobalPooling::backward(const sdk::Slice<float>&, const Cells&) const;
extern template void GlobalPooling::backward(const sdk::Slice<double>&, const Cells&) const;

}  // namespace teranga::pooling
