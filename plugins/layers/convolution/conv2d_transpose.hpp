// SPDX-License-Identifier: Apache-2.0
// Transposed convolution of images: a convolution run backwards. y is where a convolution with this kernel would have come from to reach x, so that each
// pass here is another one there: forward its gradient of the input, backward its values, and both have the same gradient of the kernel.
//
//   y[n, h s + kh d - p, w s + kw d - p, o] += x[n, h, w, i] kernel[kh, kw, o, i], and bias[o] once
//
// x (N, H, W, C) -> y (N, H', W', filters); kernel (kh, kw, filters, C). valid: H' = (H - 1) s + max(reach, s); same: H' = H s. With an output_padding of
// a, valid: H' = (H - 1) s + reach + a; same: H' = (H - 1) s + reach mod 2 + a.
#pragma once

#include <memory>
#include <optional>

#include "convolution.hpp"

namespace teranga::convolution {

class Conv2dTranspose {
 public:
  struct Plan {
    Geometry geometry;  // of the convolution from y to x
    std::unique_ptr<OnednnConvolution> fast;  // f32 only
  };

  static sdk::LayerInfo info();
  explicit Conv2dTranspose(const sdk::Options& options);
  Plan plan(sdk::LayerPlan& p) const;
  template <class T>
  void derive(const sdk::Slice<T>& s, const Plan& plan) const;
  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& plan) const;
  template <class T>
  void backward(const sdk::Slice<T>& s, const Plan& plan) const;
  template <class T>
  void backward_params(const sdk::Slice<T>& s, const Plan& plan) const;

 private:
  sdk::Window window(std::size_t axis, const sdk::Shape& input) const;

  Settings settings_;
  std::int64_t filters_;
  std::optional<std::vector<std::int64_t>> output_padding_;
};

extern template void Conv2dTranspose::derive(const sdk::Slice<float>&, const Plan&) const;
extern template void Conv2dTranspose::derive(const sdk::Slice<double>&, const Plan&) const;
extern template void Conv2dTranspose::forward(const sdk::Slice<float>&, const Plan&) const;
extern template void Conv2dTranspose::forward(const sdk::Slice<double>&, const Plan&) const;
extern template void Conv2dTranspose::backward(const sdk::Slice<float>&, const Plan&) const;
extern template void Conv2dTranspose::backward(const sdk::Slice<double>&, const Plan&) const;
extern template void Conv2dTranspose::backward_params(const sdk::Slice<float>&, const Plan&) const;
extern template void Conv2dTranspose::backward_params(const sdk::Slice<double>&, const Plan&) const;

}  // namespace teranga::convolution
