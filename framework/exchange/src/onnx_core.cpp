// SPDX-License-Identifier: Apache-2.0
// Dense layers, tables of vectors, positions and normalization.
#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "onnx_layers.hpp"
#include "turned_tensor.hpp"

namespace teranga::exchange {
namespace {

// x kernel + bias over the last axis.
std::string product(OnnxBuilder& b, const OnnxValue& x, const std::string& kernel, const std::string& bias) {
  const std::string from = b.channels_last(x);
  if (x.shape.size() == 1 && !bias.empty()) return b.node("Gemm", {from, kernel, bias});
  const std::string made = b.node("MatMul", {from, kernel});
  return bias.empty() ? made : b.node("Add", {made, bias});
}

OnnxValue with_channels(const OnnxValue& x, std::string name, std::int64_t channels) {
  OnnxValue y{std::move(name), x.shape};
  y.shape.back() = channels;
  pass_mask(x, y);
  return y;
}

// The length of an open axis as a number of the graph, a list of one.
std::string steps_of(OnnxBuilder& b, const std::string& value, std::int64_t axis) { return b.node("Shape", {value}, {{"start", axis}, {"end", axis + 1}}); }

Tensor with_each(const Tensor& x, const std::function<float(float)>& change) {
  Tensor y(x.type(), x.shape());
  std::transform(x.as<float>().begin(), x.as<float>().end(), y.as<float>().begin(), change);
  return y;
}

Tensor filled(std::int64_t count, float number) {
  Tensor made(ElementType::f32, {count});
  std::fill(made.as<float>().begin(), made.as<float>().end(), number);
  return made;
}

}  // namespace

OnnxOutputs onnx_dense(OnnxLayers& layers, const OnnxLayer& layer) {
  const OnnxValue& x = layer.inputs.at(0);
  known(x.shape.back());
  const std::string bias = layer.options.boolean("use_bias") ? layers.weight(layer, "bias") : "";
  return with_channels(x, product(layers.builder, x, layers.weight(layer, "kernel"), bias), layer.options.integer("units"));
}

OnnxOutputs onnx_tied_dense(OnnxLayers& layers, const OnnxLayer& layer) {
  const OnnxValue& x = layer.inputs.at(0);
  known(x.shape.back());
  const std::string kernel = layers.builder.transposed(layers.weight(layer, "embeddings"), {1, 0});
  return with_channels(x, product(layers.builder, x, kernel, ""), layer.options.integer("units"));
}

OnnxOutputs onnx_embedding(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& ids = layer.inputs.at(0);
  std::string from = b.channels_last(ids);
  if (ids.type != OnnxType::i32 && ids.type != OnnxType::i64) from = b.node("Cast", {from}, {{"to", static_cast<std::int64_t>(OnnxType::i64)}});
  OnnxValue y{b.node("Gather", {layers.weight(layer, "embeddings"), from}), ids.shape};
  y.shape.push_back(layer.options.integer("output_dim"));
  if (!layer.options.boolean("mask_zero")) return y;
  const bool narrow = ids.type == OnnxType::i32;
  const std::string zero = b.constant(narrow ? OnnxType::i32 : OnnxType::i64, Tensor(narrow ? ElementType::i32 : ElementType::i64, {}));
  y.mask = {b.node("Not", {b.node("Equal", {from, zero})}), ids.shape};
  return y;
}

OnnxOutputs onnx_masking(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  const std::string from = b.channels_last(x), skipped = b.number(layer.options.real("mask_value"));
  const std::string differs = b.node("Cast", {b.node("Not", {b.node("Equal", {from, skipped})})}, {{"to", static_cast<std::int64_t>(OnnxType::f32)}});
  const std::string any = b.node("Cast", {b.node("ReduceMax", {differs}, {{"axes", std::vector<std::int64_t>{-1}}, {"keepdims", std::int64_t{0}}})}, {{"to", static_cast<std::int64_t>(OnnxType::boolean)}});
  const OnnxMask mask{any, {x.shape[0]}};
  return OnnxValue{b.node("Where", {mask_over(b, mask, 2), from, b.number(0)}), x.shape, OnnxType::f32, false, mask};
}

OnnxOutputs onnx_position_embedding(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  const std::string from = b.channels_last(x), table = layers.weight(layer, "embeddings");
  const std::int64_t steps = x.shape[x.shape.size() - 2];
  const std::string end = steps < 0 ? steps_of(b, from, static_cast<std::int64_t>(x.shape.size()) - 1) : b.integers({steps});
  const std::string rows = steps == layer.options.integer("sequence_length") ? table : b.node("Slice", {table, b.integers({0}), end, b.integers({0})});
  OnnxValue y{b.node("Add", {from, rows}), x.shape};
  pass_mask(x, y);
  return y;
}

// The angles are computed in float64, as in Teranga.
OnnxOutputs onnx_sine_position_encoding(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  const std::string from = b.channels_last(x);
  const std::int64_t channels = known(x.shape.back()), f64 = static_cast<std::int64_t>(OnnxType::f64);
  Tensor rates(ElementType::f64, {channels}), odd(ElementType::u8, {channels}), first(ElementType::i64, {}), next(ElementType::i64, {});
  for (std::int64_t c = 0; c < channels; ++c) {
    rates.as<double>()[static_cast<std::size_t>(c)] = std::pow(layer.options.real("max_wavelength"), -static_cast<double>(c - c % 2) / static_cast<double>(channels));
    odd.as<std::uint8_t>()[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(c % 2);
  }
  next.as<std::int64_t>()[0] = 1;
  const std::string steps = b.node("Squeeze", {steps_of(b, from, static_cast<std::int64_t>(x.shape.size()) - 1), b.integers({0})});
  const std::string positions = b.node("Range", {b.constant(OnnxType::i64, std::move(first)), steps, b.constant(OnnxType::i64, std::move(next))});
  const std::string column = b.node("Unsqueeze", {b.node("Cast", {positions}, {{"to", f64}}), b.integers({1})});
  const std::string angles = b.node("Mul", {column, b.constant(OnnxType::f64, std::move(rates))});
  const std::string waves = b.node("Where", {b.constant(OnnxType::boolean, std::move(odd)), b.node("Cos", {angles}), b.node("Sin", {angles})});
  OnnxValue y{b.node("Add", {from, b.node("Cast", {waves}, {{"to", static_cast<std::int64_t>(OnnxType::f32)}})}), x.shape};
  pass_mask(x, y);
  return y;
}

// The operator of ONNX has channels behind the samples. Where they lie last, its formula in their place saves two transpositions.
OnnxOutputs onnx_batch_normalization(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  const std::int64_t channels = known(x.shape.back());
  const auto epsilon = static_cast<float>(layer.options.real("epsilon"));
  const bool scale = layer.options.boolean("scale"), center = layer.options.boolean("center");
  if (x.channels_first || x.shape.size() == 1) {
    const std::string gamma = scale ? layers.weight(layer, "gamma") : b.constant(OnnxType::f32, filled(channels, 1)), beta = center ? layers.weight(layer, "beta") : b.constant(OnnxType::f32, filled(channels, 0));
    return in_place_of(x, b.node("BatchNormalization", {x.name, gamma, beta, layers.weight(layer, "moving_mean"), layers.weight(layer, "moving_variance")}, {{"epsilon", epsilon}}));
  }
  const std::string inverse = layers.weight(layer, "moving_variance", "inverse", [&](const Tensor& variance) { return with_each(variance, [&](float v) { return 1 / std::sqrt(v + epsilon); }); });
  std::string y = b.node("Mul", {b.node("Sub", {x.name, layers.weight(layer, "moving_mean")}), inverse});
  if (scale) y = b.node("Mul", {y, layers.weight(layer, "gamma")});
  return in_place_of(x, center ? b.node("Add", {y, layers.weight(layer, "beta")}) : y);
}

OnnxOutputs onnx_layer_normalization(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const OnnxValue& x = layer.inputs.at(0);
  const std::size_t count = layer.options.integers("axis").size();
  const Shape shape(x.shape.end() - static_cast<std::ptrdiff_t>(count), x.shape.end());
  const std::int64_t numbers = known_product(shape);
  const std::string gamma = layer.options.boolean("scale") ? layers.weight(layer, "gamma") : b.constant(OnnxType::f32, in_shape(filled(numbers, 1), shape));
  OnnxBuilder::Inputs inputs = {b.channels_last(x), gamma};
  if (layer.options.boolean("center")) inputs.push_back(layers.weight(layer, "beta"));
  OnnxValue y{b.node("LayerNormalization", inputs, {{"axis", -static_cast<std::int64_t>(count)}, {"epsilon", static_cast<float>(layer.options.real("epsilon"))}}), x.shape};
  pass_mask(x, y);
  return y;
}

OnnxOutputs onnx_rescaling(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  OnnxValue x = layer.inputs.at(0);
  if (x.type != OnnxType::f32) x.name = b.node("Cast", {x.name}, {{"to", static_cast<std::int64_t>(OnnxType::f32)}}), x.type = OnnxType::f32;
  return in_place_of(x, b.node("Add", {b.node("Mul", {x.name, b.number(layer.options.real("scale"))}), b.number(layer.options.real("offset"))}));
}

}  // namespace teranga::exchange
