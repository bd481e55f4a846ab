// SPDX-License-Identifier: Apache-2.0
// Layers that give the same numbers another shape or order.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "onnx_layers.hpp"

namespace teranga::exchange {
namespace {

// The numbers of each sample in another shape.
OnnxValue reshaped(OnnxBuilder& b, const OnnxValue& x, const Shape& shape) {
  if (shape == x.shape) {
    OnnxValue same = x;
    same.mask = {};
    return same;
  }
  std::vector<std::int64_t> all = {-1};
  all.insert(all.end(), shape.begin(), shape.end());
  return {b.node("Reshape", {b.channels_last(x), b.integers(all)}), shape, x.type};
}

// Of an axis behind the samples, 1 being the first one in the shape: where it lies in the value.
std::size_t place_of(const OnnxValue& x, std::size_t axis) { return !x.channels_first ? axis : axis == x.shape.size() ? 1 : axis + 1; }

}  // namespace

OnnxOutputs onnx_flatten(OnnxLayers& layers, const OnnxLayer& layer) {
  const OnnxValue& x = layer.inputs.at(0);
  return reshaped(layers.builder, x, {known_product(x.shape)});
}

OnnxOutputs onnx_reshape(OnnxLayers& layers, const OnnxLayer& layer) {
  const OnnxValue& x = layer.inputs.at(0);
  Shape target = layer.options.integers("target_shape");
  std::int64_t rest = known_product(x.shape);
  for (const std::int64_t extent : target) rest /= extent == -1 ? 1 : extent;
  std::replace(target.begin(), target.end(), std::int64_t{-1}, rest);
  return reshaped(layers.builder, x, target);
}

OnnxOutputs onnx_permute(OnnxLayers& layers, const OnnxLayer& layer) {
  const OnnxValue& x = layer.inputs.at(0);
  std::vector<std::int64_t> axes = {0};
  OnnxValue y{"", {}, x.type};
  for (const std::int64_t axis : layer.options.integers("dims")) {
    axes.push_back(axis);
    y.shape.push_back(x.shape[static_cast<std::size_t>(axis) - 1]);
  }
  y.name = layers.builder.transposed(layers.builder.channels_last(x), axes);
  return y;
}

OnnxOutputs onnx_repeat_vector(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  const std::int64_t steps = layer.options.integer("n");
  return OnnxValue{b.node("Tile", {b.node("Unsqueeze", {x.name, b.integers({1})}), b.integers({1, steps, 1})}), {steps, x.shape[0]}};
}

OnnxOutputs onnx_reverse_time(OnnxLayers& layers, const OnnxLayer& layer) {
  const OnnxValue& x = layer.inputs.at(0);
  OnnxValue y{layers.builder.reversed(layers.builder.channels_last(x)), x.shape};
  pass_mask(x, y);
  return y;
}

OnnxOutputs onnx_upsampling(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  const bool flat = layer.kind() == "upsampling1d", bilinear = !flat && layer.options.text("interpolation") == "bilinear";
  const std::vector<std::int64_t> sizes = flat ? std::vector{layer.options.integer("size")} : layer.options.integers("size", 2);
  OnnxValue y{"", x.shape, OnnxType::f32, true};
  Tensor scales(ElementType::f32, {static_cast<std::int64_t>(x.shape.size()) + 1});
  scales.as<float>()[0] = scales.as<float>()[1] = 1;  // samples and channels
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    y.shape[axis] = x.shape[axis] < 0 ? b.open_extent(layer.name + "_steps") : x.shape[axis] * sizes[axis];
    scales.as<float>()[axis + 2] = static_cast<float>(sizes[axis]);
  }
  const std::string scale = b.constant(OnnxType::f32, std::move(scales));
  OnnxBuilder::Attributes how = {{"mode", std::string(bilinear ? "linear" : "nearest")}, {"coordinate_transformation_mode", std::string(bilinear ? "half_pixel" : "asymmetric")}};
  if (!bilinear) how.push_back({"nearest_mode", std::string("floor")});
  y.name = b.node("Resize", {b.channels_first(x), "", scale}, std::move(how));
  return y;
}

OnnxOutputs onnx_zero_padding(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  const std::size_t axes = x.shape.size() - 1, rank = x.shape.size() + 1;
  std::vector<std::int64_t> edges = layer.options.integers("padding", 2);
  if (axes == 2 && edges.size() == 2) edges = {edges[0], edges[0], edges[1], edges[1]};
  std::vector<std::int64_t> pads(2 * rank, 0);
  OnnxValue y = x;
  y.mask = {};
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t before = edges[2 * axis], after = edges[2 * axis + 1];
    pads[place_of(x, axis + 1)] = before, pads[rank + place_of(x, axis + 1)] = after;
    y.shape[axis] = x.shape[axis] < 0 ? b.open_extent(layer.name + "_steps") : x.shape[axis] + before + after;
  }
  y.name = b.node("Pad", {x.name, b.integers(pads)});
  return y;
}

}  // namespace teranga::exchange
