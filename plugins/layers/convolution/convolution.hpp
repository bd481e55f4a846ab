// SPDX-License-Identifier: Apache-2.0
// What conv1d, conv2d and depthwise_conv2d share: their options, the checks of their sizes, and the passes over a plan. The three layers say
// how a geometry and a kernel shape follow from their input.
//
//   y[n, h, w, o] = bias[o] + sum over kh, kw, i of x[n, h s + kh d - p, w s + kw d - p, i] kernel[kh, kw, i, o]
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <teranga/sdk/layer.hpp>

#include "geometry.hpp"
#include "onednn_convolution.hpp"
#include "thin_convolution.hpp"
#include "winograd_convolution.hpp"

namespace teranga::convolution {

struct ConvolutionPlan {
  Geometry geometry;
  bool bias = false;
  // In f32: winograd takes all passes, or thin takes forward and the kernel gradient, and oneDNN what is left.
  std::optional<WinogradConvolution> winograd;
  std::optional<ThinConvolution> thin;
  std::unique_ptr<OnednnConvolution> fast;  // null beside winograd
  std::int64_t own_derived_at = 0;          // of winograd or thin: bytes from the start of derived
};

// The options that every convolution has, checked against each other.
struct Settings {
  std::string layer;  // as a recipe says it: "conv2d"
  std::vector<std::int64_t> kernel_size, strides, dilation_rate;
  std::string padding;
  bool use_bias;
  sdk::Component kernel_initializer, bias_initializer;
  sdk::Penalty kernel_penalty, bias_penalty;

  // kernel: "kernel" or "depthwise", how Keras begins the names of the kernel's initializer and regularizer.
  Settings(std::string layer_name, const sdk::Options& options, const std::string& kernel);
};

class Convolution {
 public:
  explicit Convolution(Settings settings) : settings_(std::move(settings)) {}

  template <class T>
  void derive(const sdk::Slice<T>& s, const ConvolutionPlan& plan) const;
  template <class T>
  void forward(const sdk::Slice<T>& s, const ConvolutionPlan& plan) const;
  template <class T>
  void backward(const sdk::Slice<T>& s, const ConvolutionPlan& plan) const;
  template <class T>
  void backward_params(const sdk::Slice<T>& s, const ConvolutionPlan& plan) const;

 protected:
  // Throws sdk::ShapeError unless the input has the rank (with samples and channels) that the axes name.
  void expect_rank(const sdk::Shape& shape, int rank, const char* axes) const;
  // The window of spatial axis `axis` (0: the first one) over `extent` cells; throws where it does not fit.
  sdk::Window window(std::int64_t extent, std::size_t axis, const sdk::Shape& input) const;
  ConvolutionPlan plan_with(sdk::LayerPlan& p, const Geometry& geometry, const sdk::Shape& output, const sdk::Shape& kernel) const;

  Settings settings_;
};

extern template void Convolution::derive(const sdk::Slice<float>&, const ConvolutionPlan&) const;
extern template void Convolution::derive(const sdk::Slice<double>&, const ConvolutionPlan&) const;
extern template void Convolution::forward(const sdk::Slice<float>&, const ConvolutionPlan&) const;
extern template void Convolution::forward(const sdk::Slice<double>&, const ConvolutionPlan&) const;
extern template void Convolution::backward(const sdk::Slice<float>&, const ConvolutionPlan&) const;
extern template void Convolution::backward(const sdk::Slice<double>&, const ConvolutionPlan&) const;
extern template void Convolution::backward_params(const sdk::Slice<float>&, const ConvolutionPlan&) const;
extern template void Convolution::backward_params(const sdk::Slice<double>&, const ConvolutionPlan&) const;

// Declarations shared by the infos of the three layers.
sdk::OptionSpec kernel_size_option(std::int64_t axes);
sdk::OptionSpec strides_option(std::int64_t axes);
sdk::OptionSpec dilation_option(std::int64_t axes);
std::vector<sdk::OptionSpec> weight_options(const std::string& kernel);

}  // namespace teranga::convolution
