// SPDX-License-Identifier: Apache-2.0
#include "convolution.hpp"

#include "../picture_hint.hpp"

#include <algorithm>
#include <type_traits>

#include <teranga/sdk/elementwise.hpp>

#include "direct.hpp"

namespace teranga::convolution {

namespace {

std::string text_of(const std::vector<std::int64_t>& values) {
  std::string out = "[";
  for (std::size_t i = 0; i < values.size(); ++i) out += (i ? ", " : "") + std::to_string(values[i]);
  return out + "]";
}

float* own_derived(const sdk::Slice<float>& s, const ConvolutionPlan& plan) {
  return reinterpret_cast<float*>(s.derived<char>() + plan.own_derived_at);
}

}  // namespace

sdk::OptionSpec kernel_size_option(std::int64_t axes) {
  return sdk::integers("kernel_size").expands_to(axes).at_least(1).says("extent of the kernel, one number for all axes or one for each");
}
sdk::OptionSpec strides_option(std::int64_t axes) {
  return sdk::integers("strides", std::vector<std::int64_t>(static_cast<std::size_t>(axes), 1))
      .expands_to(axes)
      .at_least(1)
      .says("steps of the kernel from one output to the next");
}
sdk::OptionSpec dilation_option(std::int64_t axes) {
  return sdk::integers("dilation_rate", std::vector<std::int64_t>(static_cast<std::size_t>(axes), 1))
      .expands_to(axes)
      .at_least(1)
      .says("steps between neighbouring cells of the kernel; more than 1 needs strides of 1");
}
std::vector<sdk::OptionSpec> weight_options(const std::string& kernel) {
  return {sdk::boolean("use_bias", true).says("whether a bias is added to each output channel"),
          sdk::component(kernel + "_initializer", "initializer", "glorot_uniform").says("first values of the kernel"),
          sdk::component("bias_initializer", "initializer", "zeros").says("first values of the bias"),
          sdk::component(kernel + "_regularizer", "regularizer").says("penalty on the kernel"),
          sdk::component("bias_regularizer", "regularizer").says("penalty on the bias")};
}

Settings::Settings(std::string layer_name, const sdk::Options& options, const std::string& kernel)
    : layer(std::move(layer_name)),
      kernel_size(options.integers("kernel_size")),
      strides(options.integers("strides")),
      dilation_rate(options.integers("dilation_rate")),
      padding(options.text("padding")),
      use_bias(options.boolean("use_bias")),
      kernel_initializer(options.component(kernel + "_initializer")),
      bias_initializer(options.component("bias_initializer")),
      kernel_penalty(sdk::Penalty::of(options.component(kernel + "_regularizer"))),
      bias_penalty(sdk::Penalty::of(options.component("bias_regularizer"))) {
  const auto largest = [](const std::vector<std::int64_t>& values) { return *std::max_element(values.begin(), values.end()); };
  if (largest(strides) > 1 && largest(dilation_rate) > 1)
    throw sdk::OptionError("dilation_rate",
                           layer + " expects strides of 1 where dilation_rate is more than 1, found strides = " + text_of(strides) +
                               " and dilation_rate = " + text_of(dilation_rate),
                           "strides = 1");
}

void Convolution::expect_rank(const sdk::Shape& shape, int rank, const char* axes) const {
  if (shape.rank() != rank)
    throw sdk::ShapeError(settings_.layer + " expects an input of rank " + std::to_string(rank) + " " + axes + ", found " + shape.text(), "input", layers::reshape_hint(shape, rank - 2));
}

sdk::Window Convolution::window(std::int64_t extent, std::size_t axis, const sdk::Shape& input) const {
  const Settings& o = settings_;
  const sdk::Window w = sdk::Window::over(extent, o.kernel_size[axis], o.strides[axis], o.dilation_rate[axis], o.padding);
  if (w.out < 1 || extent < 1)
    throw sdk::ShapeError(o.layer + " expects an input of at least " + std::to_string(w.reach() - w.before) + " cells along spatial axis " +
                              std::to_string(axis + 1) + " for kernel_size = " + text_of(o.kernel_size) +
                              (o.dilation_rate[axis] > 1 ? " with dilation_rate = " + text_of(o.dilation_rate) : "") + " and padding = \"" +
                              o.padding + "\", found " + input.text(),
                          "input", "padding = \"same\", or a smaller kernel_size");
  return w;
}

ConvolutionPlan Convolution::plan_with(sdk::LayerPlan& p, const Geometry& g, const sdk::Shape& output, const sdk::Shape& kernel) const {
  ConvolutionPlan plan;
  plan.geometry = g;
  plan.bias = settings_.use_bias;
  p.output(output).cost(g.flops());
  p.parameter("kernel", kernel, sdk::chosen(settings_.kernel_initializer), {.penalty = settings_.kernel_penalty});
  if (plan.bias) p.parameter("bias", {g.out_channels}, sdk::chosen(settings_.bias_initializer), {.penalty = settings_.bias_penalty});
  const bool learns = p.mode() == TRG_TRAINING;
  if (learns) p.read_in_backward(p.input(0));
  if (p.type() == TRG_F32) {
    const bool wants_data = p.mode() != TRG_INFERENCE && p.input(0).needs_gradient;
    if (ThinConvolution::suits(g)) plan.thin.emplace(g);
    else if (WinogradConvolution::suits(g)) plan.winograd.emplace(g, wants_data);
    std::int64_t scratch = 0, derived = 0;
    if (plan.winograd) {
      scratch = plan.winograd->scratch_count() * 4, derived = plan.winograd->derived_count() * 4;
    } else {
      plan.fast = std::make_unique<OnednnConvolution>(
          g, Wanted{.bias = plan.bias, .forward = !plan.thin, .data = wants_data, .kernel = learns && !plan.thin, .workers = p.max_workers()});
      plan.own_derived_at = plan.fast->derived_bytes();
      scratch = plan.fast->scratch_bytes(), derived = plan.fast->derived_bytes();
    }
    if (plan.thin) scratch = std::max(scratch, plan.thin->scratch_count() * 4), derived += plan.thin->derived_count() * 4;
    p.buffer(TRG_DERIVED, 0, derived);
    p.buffer(TRG_SCRATCH, 0, scratch);
  }
  return plan;
}

template <class T>
void Convolution::derive(const sdk::Slice<T>& s, const ConvolutionPlan& plan) const {
  if constexpr (std::is_same_v<T, float>) {
    if (plan.fast) plan.fast->derive(s.worker(), s.parameter(0).data, s.template derived<void>());
    if (plan.thin) plan.thin->derive(s.parameter(0).data, plan.bias ? s.parameter(1).data : nullptr, own_derived(s, plan));
    if (plan.winograd) plan.winograd->derive(s.parameter(0).data, own_derived(s, plan));
  } else {
    static_cast<void>(s), static_cast<void>(plan);
  }
}

template <class T>
void Convolution::forward(const sdk::Slice<T>& s, const ConvolutionPlan& plan) const {
  const T* const bias = plan.bias ? s.parameter(1).data : nullptr;
  if constexpr (std::is_same_v<T, float>) {
    if (plan.thin) return plan.thin->forward(s.in(0).data, own_derived(s, plan), s.out(0).data, s.scratch());
    if (plan.winograd) return plan.winograd->forward(s.in(0).data, own_derived(s, plan), bias, s.out(0).data, s.scratch());
    if (plan.fast->has_forward())
      return plan.fast->forward(s.worker(), s.in(0).data, s.parameter(0).data, bias, s.template derived<void>(), s.out(0).data, s.template scratch<void>());
  }
  direct::forward(plan.geometry, s.in(0).data, s.parameter(0).data, bias, s.out(0).data);
}

template <class T>
void Convolution::backward(const sdk::Slice<T>& s, const ConvolutionPlan& plan) const {
  const sdk::View<T> dx = s.d_in(0);
  const sdk::View<const T> dy = s.d_out(0);
  if (!dx || !dy) return sdk::pass_on(dy, dx);
  if constexpr (std::is_same_v<T, float>) {
    if (plan.winograd) return plan.winograd->backward_data(dy.data, own_derived(s, plan), dx.data, s.scratch());
    if (plan.fast->has_data())
      return plan.fast->backward_data(s.worker(), dy.data, s.parameter(0).data, s.template derived<void>(), dx.data, s.template scratch<void>());
  }
  direct::backward_data(plan.geometry, dy.data, s.parameter(0).data, dx.data);
}

template <class T>
void Convolution::backward_params(const sdk::Slice<T>& s, const ConvolutionPlan& plan) const {
  const sdk::View<const T> dy = s.d_out(0);
  if (!dy) return;
  T* const d_kernel = s.d_parameter(0).data;
  T* const d_bias = plan.bias ? s.d_parameter(1).data : nullptr;
  if constexpr (std::is_same_v<T, float>) {
    if (plan.thin) return plan.thin->backward_params(s.in(0).data, dy.data, d_kernel, d_bias, s.scratch());
    if (plan.winograd) return plan.winograd->backward_params(s.in(0).data, dy.data, d_kernel, d_bias, s.scratch());
    if (plan.fast->has_kernel()) return plan.fast->backward_params(s.worker(), s.in(0).data, dy.data, d_kernel, d_bias, s.template scratch<void>());
  }
  if (d_kernel) direct::backward_kernel(plan.geometry, s.in(0).data, dy.data, d_kernel);
  if (d_bias) direct::backward_bias(plan.geometry, dy.data, d_bias);
}

template void Convolution::derive(const sdk::Slice<float>&, const ConvolutionPlan&) const;
template void Convolution::derive(const sdk::Slice<double>&, const ConvolutionPlan&) const;
template void Convolution::forward(const sdk::Slice<float>&, const ConvolutionPlan&) const;
template void Convolution::forward(const sdk::Slice<double>&, const ConvolutionPlan&) const;
template void Convolution::backward(const sdk::Slice<float>&, const ConvolutionPlan&) const;
template void Convolution::backward(const sdk::Slice<double>&, const ConvolutionPlan&) const;
template void Convolution::backward_params(const sdk::Slice<float>&, const ConvolutionPlan&) const;
template void Convolution::backward_params(const sdk::Slice<double>&, const ConvolutionPlan&) const;

}  // namespace teranga::convolution
