// SPDX-License-Identifier: Apache-2.0
// Layers of BERT in operators of ONNX: segments that are added, steps that are picked, a bias of its own.
#include "onnx_layers.hpp"

namespace teranga::exchange {
namespace {

// Whole numbers as Gather and GatherND of all programs take them.
std::string as_i64(OnnxBuilder& b, const OnnxValue& numbers) {
  const std::string from = b.channels_last(numbers);
  return numbers.type == OnnxType::i64 ? from : b.node("Cast", {from}, {{"to", static_cast<std::int64_t>(OnnxType::i64)}});
}

}  // namespace

OnnxOutputs onnx_bias(OnnxLayers& layers, const OnnxLayer& layer) {
  const OnnxValue& x = layer.inputs.at(0);
  OnnxValue y{layers.builder.node("Add", {layers.builder.channels_last(x), layers.weight(layer, "bias")}), x.shape};
  pass_mask(x, y);
  return y;
}

OnnxOutputs onnx_segment_embedding(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  OnnxValue y{b.node("Add", {b.channels_last(x), b.node("Gather", {layers.weight(layer, "embeddings"), as_i64(b, layer.inputs.at(1))})}), x.shape};
  pass_mask(x, y);
  return y;
}

OnnxOutputs onnx_gather_steps(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue &x = layer.inputs.at(0), &places = layer.inputs.at(1);
  const std::string indices = b.node("Unsqueeze", {as_i64(b, places), b.integers({-1})});
  return OnnxValue{b.node("GatherND", {b.channels_last(x), indices}, {{"batch_dims", std::int64_t{1}}}), {places.shape.at(0), x.shape.back()}};
}

OnnxOutputs onnx_pick_step(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  Tensor step(ElementType::i64, {});
  step.as<std::int64_t>()[0] = layer.options.integer("step");
  return OnnxValue{b.node("Gather", {b.channels_last(x), b.constant(OnnxType::i64, std::move(step))}, {{"axis", std::int64_t{1}}}), Shape(x.shape.begin() + 1, x.shape.end())};
}

}  // namespace teranga::exchange
