// SPDX-License-Identifier: Apache-2.0
// Layers around layers: both directions of a sequence, and each step by itself.
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "onnx_layers.hpp"

namespace teranga::exchange {
namespace {

// Layers that compute along the last axis alone: the steps of a sequence need not become samples.
bool leaves_steps_alone(const std::string& kind) {
  static const std::vector<std::string> kinds = {"activation", "batch_normalization", "dense", "dropout", "elu", "embedding", "exponential", "gaussian_dropout", "gaussian_noise", "gelu", "hard_sigmoid", "leaky_relu", "linear", "log_softmax",
                                                 "mish", "relu", "relu6", "rescaling", "selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "step", "swish", "tanh", "tied_dense"};
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// [samples, steps, ...] -> [samples x steps, ...]
OnnxValue folded(OnnxBuilder& b, const OnnxValue& x) {
  if (x.mask && x.mask.shape.size() > 1) throw NoOnnxForm{"the mask of its input is not that of the steps of a sequence"};
  const Shape inner(x.shape.begin() + 1, x.shape.end());
  std::vector<std::int64_t> shape = {-1};
  for (const std::int64_t extent : inner) shape.push_back(known(extent));
  return {b.node("Reshape", {b.channels_last(x), b.integers(shape)}), inner, x.type};
}

// And back: the samples and steps are those of x.
OnnxValue unfolded(OnnxBuilder& b, const OnnxValue& y, const OnnxValue& x) {
  OnnxValue out{"", {x.shape[0]}, y.type};
  std::vector<std::int64_t> inner;
  for (const std::int64_t extent : y.shape) inner.push_back(known(extent)), out.shape.push_back(extent);
  std::vector<std::int64_t> whole = {-1, x.shape[0]};
  whole.insert(whole.end(), inner.begin(), inner.end());
  const std::string outer = x.shape[0] < 0 ? b.node("Shape", {b.channels_last(x)}, {{"start", std::int64_t{0}}, {"end", std::int64_t{2}}}) : "";
  const std::string shape = outer.empty() ? b.integers(whole) : inner.empty() ? outer : b.node("Concat", {outer, b.integers(inner)}, {{"axis", std::int64_t{0}}});
  out.name = b.node("Reshape", {b.channels_last(y), shape});
  return out;
}

}  // namespace

OnnxOutputs onnx_time_distributed(OnnxLayers& layers, const OnnxLayer& layer) {
  const Value::Component inner = layer.options.component("layer");
  const OnnxValue& x = layer.inputs.at(0);
  const std::string kind(recipe::short_type(inner.type));
  if (leaves_steps_alone(kind) && layer.inputs.size() == 1 && (kind == "embedding" || x.shape.size() > 1)) return layers.part(layer, "layer", inner, {x});
  std::vector<OnnxValue> inputs;
  for (const OnnxValue& one : layer.inputs) inputs.push_back(folded(layers.builder, one));
  const OnnxValue made = layers.part(layer, "layer", inner, std::move(inputs))[0].value;
  if (made.mask) throw NoOnnxForm{"its layer makes a mask for each step"};
  OnnxValue y = unfolded(layers.builder, made, x);
  for (auto one = layer.inputs.rbegin(); one != layer.inputs.rend(); ++one) pass_mask(*one, y);  // that of the first one counts
  return y;
}

OnnxOutputs onnx_bidirectional(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const Value::Component there = layer.options.component("layer"), back = layer.options.find("backward_layer") ? layer.options.component("backward_layer") : there;
  const OnnxOptions own = layers.options("layer", there);
  const bool sequences = own.boolean("return_sequences"), first_turned = own.boolean("go_backwards");
  const std::size_t states = (layer.inputs.size() - 1) / 2;
  const auto inputs = [&](std::size_t first) {
    std::vector<OnnxValue> out = {layer.inputs[0]};
    for (std::size_t i = 0; i < states; ++i) out.push_back(layer.inputs[1 + first + i]);
    return out;
  };
  const Options changed = {{"zero_output_for_mask", {sequences, {}}, {}}};
  Options other = changed;
  other.push_back({"go_backwards", {!first_turned, {}}, {}});
  const OnnxOutputs forward = layers.part(layer, "forward_layer", there, inputs(0), changed), backward = layers.part(layer, "backward_layer", back, inputs(states), other);
  const auto turn = [&](OnnxValue value) {
    if (sequences) value.name = b.reversed(value.name);
    return value;
  };
  // Both in the order of the steps; the output is in that of `layer`.
  const OnnxValue first = first_turned ? turn(forward[0].value) : forward[0].value, second = first_turned ? backward[0].value : turn(backward[0].value);
  const auto put_out = [&](const OnnxValue& value) { return first_turned ? turn(value) : value; };
  const std::string mode = layer.options.text("merge_mode");
  OnnxOutputs out;
  if (mode == "none") {
    out = {{"", put_out(first)}, {"backward", put_out(second)}};
  } else {
    static const std::map<std::string, std::string> merges = {{"concat", "teranga.concatenate"}, {"sum", "teranga.add"}, {"mul", "teranga.multiply"}, {"ave", "teranga.average"}};
    out = put_out(layers.part(layer, "merge", {merges.at(mode), {}}, {first, second})[0].value);
  }
  for (const auto& [direction, made] : {std::pair{"forward", &forward}, {"backward", &backward}})
    for (std::size_t i = 1; i < made->size(); ++i) out.push_back({fmt::format("{}_{}", direction, (*made)[i].port), (*made)[i].value});
  return out;
}

}  // namespace teranga::exchange
