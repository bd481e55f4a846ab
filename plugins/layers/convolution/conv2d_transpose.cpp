// SPDX-License-Identifier: Apache-2.0
#include "conv2d_transpose.hpp"

#include "../picture_hint.hpp"

#include <algorithm>
#include <type_traits>

#include <teranga/sdk/elementwise.hpp>

#include "direct.hpp"

namespace teranga::convolution {

sdk::LayerInfo Conv2dTranspose::info() {
  sdk::LayerInfo info{.name = "teranga.conv2d_transpose",
                      .summary = "Transposed convolution, which makes images larger",
                      .formula = "y[n, h s + k d - p, w s + l d - p, o] = bias[o] + sum_{h,w,k,l,i} x[n,h,w,i] kernel[k,l,o,i]",
                      .source = "Keras 3: Conv2DTranspose",
                      .options = {sdk::integer("filters").at_least(1).says("output channels"), kernel_size_option(2), strides_option(2),
                                  sdk::text("padding", "valid").choices({"valid", "same"}).says("valid: all cells that the kernel reaches; same: height and width are multiplied by strides"),
                                  sdk::OptionSpec("output_padding", TRG_LIST).optional().expands_to(2).at_least(0).says("cells that are added at the end, fewer than strides; left out: as many as give the usual size"),
                                  dilation_option(2)}};
  for (const sdk::OptionSpec& option : weight_options("kernel")) info.options.push_back(option);
  return info;
}

Conv2dTranspose::Conv2dTranspose(const sdk::Options& options)
    : settings_("conv2d_transpose", options, "kernel"), filters_(options.integer("filters")) {
  if (!options.has("output_padding")) return;
  output_padding_ = options.integers("output_padding");
  const std::int64_t least_stride = std::min(settings_.strides[0], settings_.strides[1]);
  for (std::size_t axis = 0; axis < 2; ++axis)
    if ((*output_padding_)[axis] >= settings_.strides[axis])
      throw sdk::OptionError("output_padding",
                             "conv2d_transpose expects output_padding below strides = " + std::to_string(settings_.strides[axis]) + ", found " + std::to_string((*output_padding_)[axis]),
                             "output_padding = " + std::to_string(least_stride - 1));
}

// The window of the convolution from y to x along one axis, with Keras's sizes.
sdk::Window Conv2dTranspose::window(std::size_t axis, const sdk::Shape& input) const {
  const std::int64_t extent = input[static_cast<std::int64_t>(axis) + 1], stride = settings_.strides[axis];
  sdk::Window w{.in = 0, .size = settings_.kernel_size[axis], .stride = stride, .dilation = settings_.dilation_rate[axis]};
  const std::int64_t reach = w.reach();
  w.out = extent;
  if (settings_.padding == "valid") {
    w.in = (extent - 1) * stride + (output_padding_ ? reach + (*output_padding_)[axis] : std::max(reach, stride));
  } else {
    w.in = output_padding_ ? (extent - 1) * stride + reach % 2 + (*output_padding_)[axis] : extent * stride;
    const std::int64_t around = w.in - (extent - 1) * stride + reach - 2;  // zeros around the spread-out x, of which the odd one goes in front
    w.before = reach - 1 - std::min((around + 1) / 2, reach - 1);
  }
  if (extent < 1 || w.in < 1)
    throw sdk::ShapeError("conv2d_transpose has no cell left along spatial axis " + std::to_string(axis + 1) + " for an input of shape " + input.text(), "input", "padding = \"valid\"");
  w.after = std::max<std::int64_t>(0, (extent - 1) * stride + reach - w.in - w.before);
  return w;
}

Conv2dTranspose::Plan Conv2dTranspose::plan(sdk::LayerPlan& p) const {
  const sdk::Input& in = p.real_input(0);
  const sdk::Shape x = in.shape;
  if (x.rank() != 4)
    throw sdk::ShapeError("conv2d_transpose expects an input of rank 4 (samples, height, width, channels), found " + x.text(), in.name,
                          layers::reshape_hint(x, 2));
  Plan plan;
  Geometry& g = plan.geometry;
  g = {.samples = x[0], .in_channels = filters_, .out_channels = x[3], .groups = 1, .height = window(0, x), .width = window(1, x)};
  p.output({x[0], g.height.in, g.width.in, filters_}).cost(g.flops());
  p.parameter("kernel", {g.height.size, g.width.size, filters_, x[3]}, sdk::chosen(settings_.kernel_initializer), {.penalty = settings_.kernel_penalty});
  if (settings_.use_bias) p.parameter("bias", {filters_}, sdk::chosen(settings_.bias_initializer), {.penalty = settings_.bias_penalty});
  const bool learns = p.mode() == TRG_TRAINING;
  if (learns) p.read_in_backward(in);
  if (p.type() != TRG_F32) return plan;
  const bool flows = p.mode() != TRG_INFERENCE && in.needs_gradient;
  plan.fast = std::make_unique<OnednnConvolution>(g, Wanted{.bias = false, .forward = flows, .data = true, .kernel = learns, .workers = p.max_workers()});
  p.buffer(TRG_DERIVED, 0, plan.fast->derived_bytes()).buffer(TRG_SCRATCH, 0, plan.fast->scratch_bytes());
  return plan;
}

template <class T>
void Conv2dTranspose::derive(const sdk::Slice<T>& s, const Plan& plan) const {
  if constexpr (std::is_same_v<T, float>) plan.fast->derive(s.worker(), s.parameter(0).data, s.template derived<void>());
  else static_cast<void>(s), static_cast<void>(plan);
}

namespace {

template <class T>
void add_bias(const T* __restrict bias, std::int64_t pixels, std::int64_t channels, T* __restrict y) {
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
    for (std::int64_t o = 0; o < channels; ++o) y[pixel * channels + o] += bias[o];
}

}  // namespace

template <class T>
void Conv2dTranspose::forward(const sdk::Slice<T>& s, const Plan& plan) const {
  bool done = false;
  if constexpr (std::is_same_v<T, float>) {
    done = plan.fast->has_data();
    if (done) plan.fast->backward_data(s.worker(), s.in(0).data, s.parameter(0).data, s.template derived<void>(), s.out(0).data, s.template scratch<void>());
  }
  if (!done) direct::backward_data(plan.geometry, s.in(0).data, s.parameter(0).data, s.out(0).data);
  if (settings_.use_bias) add_bias(s.parameter(1).data, s.out(0).count() / filters_, filters_, s.out(0).data);
}

template <class T>
void Conv2dTranspose::backward(const sdk::Slice<T>& s, const Plan& plan) const {
  const sdk::View<T> dx = s.d_in(0);
  const sdk::View<const T> dy = s.d_out(0);
  if (!dx || !dy) return sdk::pass_on(dy, dx);
  if constexpr (std::is_same_v<T, float>)
    if (plan.fast->has_forward())
      return plan.fast->forward(s.worker(), dy.data, s.parameter(0).data, nullptr, s.template derived<void>(), dx.data, s.template scratch<void>());
  direct::forward<T>(plan.geometry, dy.data, s.parameter(0).data, nullptr, dx.data);
}

template <class T>
void Conv2dTranspose::backward_params(const sdk::Slice<T>& s, const Plan& plan) const {
  const sdk::View<const T> dy = s.d_out(0);
  if (!dy) return;
  T* const d_kernel = s.d_parameter(0).data;
  T* const d_bias = settings_.use_bias ? s.d_parameter(1).data : nullptr;
  if (d_bias)
    for (std::int64_t pixel = 0; pixel < dy.count() / filters_; ++pixel)
      for (std::int64_t o = 0; o < filters_; ++o) d_bias[o] += dy.data[pixel * filters_ + o];
  if (!d_kernel) return;
  if constexpr (std::is_same_v<T, float>)
    if (plan.fast->has_kernel()) return plan.fast->backward_params(s.worker(), dy.data, s.in(0).data, d_kernel, nullptr, s.template scratch<void>());
  direct::backward_kernel(plan.geometry, dy.data, s.in(0).data, d_kernel);
}

template void Conv2dTranspose::derive(const sdk::Slice<float>&, const Plan&) const;
template void Conv2dTranspose::derive(const sdk::Slice<double>&, const Plan&) const;
template void Conv2dTranspose::forward(const sdk::Slice<float>&, const Plan&) const;
template void Conv2dTranspose::forward(const sdk::Slice<double>&, const Plan&) const;
template void Conv2dTranspose::backward(const sdk::Slice<float>&, const Plan&) const;
template void Conv2dTranspose::backward(const sdk::Slice<double>&, const Plan&) const;
template void Conv2dTranspose::backward_params(const sdk::Slice<float>&, const Plan&) const;
template void Conv2dTranspose::backward_params(const sdk::Slice<double>&, const Plan&) const;

}  // namespace teranga::convolution
