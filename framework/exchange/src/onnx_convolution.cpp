// SPDX-License-Identifier: Apache-2.0
// Convolution and pooling: channels lie behind the samples here, and stay there until a layer wants them last.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "onnx_layers.hpp"
#include "turned_tensor.hpp"

namespace teranga::exchange {
namespace {

// A window along one axis, as Teranga and Keras lay it.
struct Window {
  std::int64_t in = 1, size = 1, stride = 1, dilation = 1;
  std::int64_t before = 0, after = 0, out = 1;

  std::int64_t reach() const { return (size - 1) * dilation + 1; }

  // padding: "valid", "same" (the odd cell goes behind) or "causal" (all of it in front).
  void lay(const std::string& padding, OnnxBuilder& b, const std::string& layer) {
    const bool keeps = stride == 1 && padding != "valid";  // the length
    if (padding == "causal") before = reach() - 1;
    if (padding == "same") {
      out = keeps ? in : (known(in) + stride - 1) / stride;
      const std::int64_t total = keeps ? reach() - 1 : std::max<std::int64_t>(0, (out - 1) * stride + reach() - in);
      before = total / 2, after = total - before;
    } else {
      out = keeps ? in : in < 0 ? b.open_extent(layer + "_steps") : (in + before - reach()) / stride + 1;
    }
  }
};

struct Windows {
  std::vector<std::int64_t> sizes, strides, dilations, pads;
  Shape shape;  // of the output, without channels
};

Windows windows_of(OnnxBuilder& b, const OnnxLayer& layer, const char* size_option) {
  const OnnxValue& x = layer.inputs.at(0);
  const std::size_t axes = x.shape.size() - 1;
  const bool strided = layer.options.find("strides") != nullptr, dilated = layer.options.find("dilation_rate") != nullptr;
  Windows out;
  out.sizes = layer.options.integers(size_option, axes);
  out.strides = strided ? layer.options.integers("strides", axes) : out.sizes;
  out.dilations = dilated ? layer.options.integers("dilation_rate", axes) : std::vector<std::int64_t>(axes, 1);
  out.pads.resize(2 * axes);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    Window window{x.shape[axis], out.sizes[axis], out.strides[axis], out.dilations[axis]};
    window.lay(layer.options.text("padding"), b, layer.name);
    out.pads[axis] = window.before, out.pads[axes + axis] = window.after;
    out.shape.push_back(window.out);
  }
  return out;
}

OnnxBuilder::Attributes attributes_of(const Windows& windows) {
  return {{"kernel_shape", windows.sizes}, {"strides", windows.strides}, {"pads", windows.pads}};
}

// [height, width, in, out] -> [out, in, height, width]
Tensor channels_in_front(const Tensor& kernel) { return kernel.shape().size() == 3 ? in_axes(kernel, {2, 1, 0}) : in_axes(kernel, {3, 2, 0, 1}); }

// [height, width, in, multiplier] -> [in x multiplier, 1, height, width]
Tensor each_channel_alone(const Tensor& kernel) {
  const Tensor turned = in_axes(kernel, {2, 3, 0, 1});
  const Shape& shape = turned.shape();
  return in_shape(turned, {shape[0] * shape[1], 1, shape[2], shape[3]});
}

OnnxBuilder::Inputs with_bias(OnnxLayers& layers, const OnnxLayer& layer, OnnxBuilder::Inputs inputs) {
  if (layer.options.boolean("use_bias")) inputs.push_back(layers.weight(layer, "bias"));
  return inputs;
}

// The window of the convolution from the output of a transposed one to its input, with Keras's sizes: `in` is the extent of the output.
Window transposed_window(const OnnxLayer& layer, std::size_t axis) {
  const std::int64_t extent = known(layer.inputs.at(0).shape[axis]);
  Window w{0, layer.options.integers("kernel_size", 2)[axis], layer.options.integers("strides", 2)[axis], layer.options.integers("dilation_rate", 2)[axis]};
  const bool given = layer.options.find("output_padding") != nullptr;
  const std::int64_t behind = given ? layer.options.integers("output_padding", 2)[axis] : 0, spread = (extent - 1) * w.stride, reach = w.reach();
  if (layer.options.text("padding") == "valid") {
    w.in = spread + (given ? reach + behind : std::max(reach, w.stride));
  } else {
    w.in = given ? spread + reach % 2 + behind : extent * w.stride;
    const std::int64_t around = w.in - spread + reach - 2;
    w.before = reach - 1 - std::min((around + 1) / 2, reach - 1);
  }
  w.after = spread + reach - w.in - w.before;  // below 0: cells that no window reaches
  return w;
}

}  // namespace

OnnxOutputs onnx_convolution(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  const bool depthwise = layer.kind() == "depthwise_conv2d";
  const std::int64_t channels = known(x.shape.back()), filters = depthwise ? channels * layer.options.integer("depth_multiplier") : layer.options.integer("filters");
  const Windows windows = windows_of(b, layer, "kernel_size");
  OnnxBuilder::Attributes how = attributes_of(windows);
  how.push_back({"dilations", windows.dilations});
  how.push_back({"group", depthwise ? channels : layer.options.integer("groups")});
  const std::string kernel = layers.weight(layer, "kernel", "channels_first", depthwise ? each_channel_alone : channels_in_front);
  OnnxValue y{b.node("Conv", with_bias(layers, layer, {b.channels_first(x), kernel}), std::move(how)), windows.shape, OnnxType::f32, true};
  y.shape.push_back(filters);
  return y;
}

OnnxOutputs onnx_conv2d_transpose(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  OnnxValue y{"", {}, OnnxType::f32, true};
  Windows windows;
  windows.pads.resize(4);
  std::vector<std::int64_t> behind;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const Window w = transposed_window(layer, axis);
    windows.sizes.push_back(w.size), windows.strides.push_back(w.stride), windows.dilations.push_back(w.dilation);
    windows.pads[axis] = w.before, windows.pads[2 + axis] = std::max<std::int64_t>(0, w.after);
    behind.push_back(std::max<std::int64_t>(0, -w.after));
    y.shape.push_back(w.in);
  }
  y.shape.push_back(layer.options.integer("filters"));
  OnnxBuilder::Attributes how = attributes_of(windows);
  how.push_back({"dilations", windows.dilations});
  how.push_back({"output_padding", behind});
  const std::string kernel = layers.weight(layer, "kernel", "channels_first", channels_in_front);
  y.name = b.node("ConvTranspose", with_bias(layers, layer, {b.channels_first(x), kernel}), std::move(how));
  return y;
}

OnnxOutputs onnx_pooling(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  const bool average = layer.kind().starts_with("average"), least = layer.kind().starts_with("min");
  const Windows windows = windows_of(b, layer, "pool_size");
  const std::string from = b.channels_first(x);
  OnnxValue y{"", windows.shape, OnnxType::f32, true};
  y.shape.push_back(x.shape.back());
  y.name = b.node(average ? "AveragePool" : "MaxPool", {least ? b.node("Neg", {from}) : from}, attributes_of(windows));  // cells outside do not count
  if (least) y.name = b.node("Neg", {y.name});
  return y;
}

OnnxOutputs onnx_global_pooling(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  const bool average = layer.kind().starts_with("global_average"), keeps = layer.options.boolean("keepdims");
  OnnxValue y{"", keeps ? Shape(x.shape.size() - 1, 1) : Shape(), OnnxType::f32, keeps && x.channels_first};
  y.shape.push_back(x.shape.back());
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 1; axis < x.shape.size(); ++axis) axes.push_back(static_cast<std::int64_t>(axis) + (x.channels_first ? 1 : 0));
  const OnnxBuilder::Attributes how = {{"axes", axes}, {"keepdims", std::int64_t{keeps}}};
  if (!average || !x.mask || x.shape.size() != 2 || x.mask.shape.size() != 1) {
    y.name = b.node(average ? "ReduceMean" : "ReduceMax", {x.name}, how);
    return y;
  }
  // The mean over the steps that are kept; zeros where none is.
  const std::string kept = mask_over(b, x.mask, 2), sum_axes = b.integers({1});
  const auto sum = [&](const std::string& value) { return b.node("ReduceSum", {value, sum_axes}, {{"keepdims", std::int64_t{keeps}}}); };
  const std::string total = sum(b.node("Where", {kept, b.channels_last(x), b.number(0)})), count = sum(b.node("Cast", {kept}, {{"to", static_cast<std::int64_t>(OnnxType::f32)}}));
  y.name = b.node("Div", {total, b.node("Max", {count, b.number(1)})});
  y.channels_first = false;
  return y;
}

}  // namespace teranga::exchange
