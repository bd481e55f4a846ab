// SPDX-License-Identifier: Apache-2.0
// Upsampling: each spatial axis `size` times as long. Nearest repeats each cell; bilinear lays cells at the middle of what they become and weighs the two
// that enclose a new one along each axis (at the edges the outermost cell alone), as Keras's resize does.
#pragma once

#include "pooling.hpp"

namespace teranga::pooling {

class Upsampling {
 public:
  // Where a new cell comes from along one axis: `share` of `far`, the rest of `near`.
  struct Source {
    std::int64_t near, far;
    double share;
  };
  struct Plan {
    std::vector<Source> rows, columns;
    std::int64_t height, width, channels;  // of the input
  };
  Upsampling(std::string layer, std::vector<std::int64_t> size, bool bilinear) : layer_(std::move(layer)), size_(std::move(size)), bilinear_(bilinear) {}

  Plan plan(sdk::LayerPlan& p) const;
  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& plan) const;
  template <class T>
  void backward(const sdk::Slice<T>& s, const Plan& plan) const;

 private:
  std::vector<Source> sources(std::int64_t extent, std::int64_t size) const;

  std::string layer_;
  std::vector<std::int64_t> size_;
  bool bilinear_;
};

// x (N, T, C) -> y (N, T size, C).
class Upsampling1d : public Upsampling {
 public:
  static sdk::LayerInfo info();
  explicit Upsampling1d(const sdk::Options& options);
};

// x (N, H, W, C) -> y (N, H size[0], W size[1], C).
class Upsampling2d : public Upsampling {
 public:
  static sdk::LayerInfo info();
  explicit Upsampling2d(const sdk::Options& options);
};

extern template void Upsampling::forward(const sdk::Slice<float>&, const Plan&) const;
extern template void Upsampling::forward(const sdk::Slice<double>&, const Plan&) const;
extern template void Upsampling::backward(const sdk::Slice<float>&, const Plan&) const;
extern template void Upsampling::backward(const sdk::Slice<double>&, const Plan&) const;

}  // namespace teranga::pooling
