// SPDX-License-Identifier: Apache-2.0
// Zero padding: cells of value 0 around the spatial axes. The gradient is the part of dy that was not padding.
#pragma once

#include "pooling.hpp"

namespace teranga::pooling {

class ZeroPadding {
 public:
  struct Edges {
    std::int64_t top = 0, bottom = 0, left = 0, right = 0;
  };
  struct Frame {
    Edges edges;
    std::int64_t height, width, channels;  // of the input
  };
  ZeroPadding(std::string layer, int axes, Edges edges) : layer_(std::move(layer)), axes_(axes), edges_(edges) {}

  Frame plan(sdk::LayerPlan& p) const;
  template <class T>
  void forward(const sdk::Slice<T>& s, const Frame& frame) const;
  template <class T>
  void backward(const sdk::Slice<T>& s, const Frame& frame) const;

 private:
  std::string layer_;
  int axes_;
  Edges edges_;
};

// padding: n, or [left, right].
class ZeroPadding1d : public ZeroPadding {
 public:
  static sdk::LayerInfo info();
  explicit ZeroPadding1d(const sdk::Options& options);
};

// padding: n, [height, width] (each on both sides), or [top, bottom, left, right].
class ZeroPadding2d : public ZeroPadding {
 public:
  static sdk::LayerInfo info();
  explicit ZeroPadding2d(const sdk::Options& options);
};

extern template void ZeroPadding::forward(const sdk::Slice<float>&, const Frame&) const;
extern template void ZeroPadding::forward(const sdk::Slice<double>&, const Frame&) const;
extern template void ZeroPadding::backward(const sdk::Slice<float>&, const Frame&) const;
extern template void ZeroPadding::backward(const sdk::Slice<double>&, const Frame&) const;

}  // namespace teranga::pooling
