// SPDX-License-Identifier: Apache-2.0
// Layers of several inputs: element by element, and one behind the other. Their masks are those of Keras.
#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "onnx_layers.hpp"

namespace teranga::exchange {
namespace {

bool all_have_masks(const std::vector<OnnxValue>& inputs) {
  return std::all_of(inputs.begin(), inputs.end(), [](const OnnxValue& x) { return static_cast<bool>(x.mask); });
}

// A step is kept that any input keeps; none where an input has no mask.
OnnxMask any_of_masks(OnnxBuilder& b, const std::vector<OnnxValue>& inputs) {
  if (!all_have_masks(inputs)) return {};
  OnnxMask out = inputs[0].mask;
  for (const OnnxValue& x : inputs) {
    if (x.mask.name == out.name) continue;
    const Shape& larger = std::max(out.shape, x.mask.shape, [](const Shape& one, const Shape& other) { return one.size() < other.size(); });
    out = {b.node("Or", {mask_over(b, out, larger.size()), mask_over(b, x.mask, larger.size())}), larger};
  }
  return out;
}

// All in one layout; their names.
OnnxBuilder::Inputs side_by_side(OnnxBuilder& b, const std::vector<OnnxValue>& inputs, bool channels_first) {
  OnnxBuilder::Inputs out;
  for (const OnnxValue& x : inputs) out.push_back(channels_first ? b.channels_first(x) : b.channels_last(x));
  return out;
}

bool all_channels_first(const std::vector<OnnxValue>& inputs) {
  return std::all_of(inputs.begin(), inputs.end(), [](const OnnxValue& x) { return x.channels_first; });
}

struct MaskedMerge {
  const char* operation;
  double neutral;  // in place of what a mask leaves out
};

// An input has no say where its mask leaves it out.
std::string merge_kept(OnnxBuilder& b, const std::vector<OnnxValue>& inputs, const OnnxMask& any, const MaskedMerge& merge) {
  const std::size_t rank = inputs[0].shape.size();
  OnnxBuilder::Inputs kept;
  for (const OnnxValue& x : inputs) kept.push_back(x.mask ? b.node("Where", {mask_over(b, x.mask, rank), b.channels_last(x), b.number(merge.neutral)}) : b.channels_last(x));
  std::string made = kept[0];
  for (std::size_t i = 1; i < kept.size(); ++i) made = b.node(merge.operation, {made, kept[i]});
  if (!any) return made;
  return b.node("Where", {mask_over(b, any, rank), made, merge.neutral == 1 ? b.number(0) : b.channels_last(inputs[0])});
}

// Of the steps of an input without a mask: all count.
std::string all_steps(OnnxBuilder& b, const OnnxValue& x) {
  Tensor yes(ElementType::u8, {1});
  yes.as<std::uint8_t>()[0] = 1;
  const std::string shape = b.node("Shape", {b.channels_last(x)}, {{"start", std::int64_t{0}}, {"end", std::int64_t{2}}});
  return b.node("Expand", {b.constant(OnnxType::boolean, std::move(yes)), shape});
}

}  // namespace

OnnxOutputs onnx_merge(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const std::vector<OnnxValue>& inputs = layer.inputs;
  for (const OnnxValue& x : inputs) expect_equal(x.shape, inputs[0].shape);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  static const std::map<std::string, MaskedMerge> of_kept = {{"multiply", {"Mul", 1}}, {"maximum", {"Max", -infinity}}, {"minimum", {"Min", infinity}}};
  static const std::map<std::string, const char*> operators = {{"add", "Sum"}, {"average", "Mean"}, {"maximum", "Max"}, {"minimum", "Min"}, {"subtract", "Sub"}};
  const std::string kind = layer.kind();
  const bool masked = std::any_of(inputs.begin(), inputs.end(), [](const OnnxValue& x) { return static_cast<bool>(x.mask); });
  OnnxValue y{"", inputs[0].shape, OnnxType::f32, all_channels_first(inputs) && !masked, any_of_masks(b, inputs)};
  if (masked && of_kept.contains(kind)) {
    y.name = merge_kept(b, inputs, y.mask, of_kept.at(kind));
    return y;
  }
  const OnnxBuilder::Inputs from = side_by_side(b, inputs, y.channels_first);
  if (kind != "multiply") {
    y.name = b.node(from.size() == 2 && kind == "add" ? "Add" : operators.at(kind), from);
    return y;
  }
  y.name = from[0];
  for (std::size_t i = 1; i < from.size(); ++i) y.name = b.node("Mul", {y.name, from[i]});
  return y;
}

OnnxOutputs onnx_concatenate(OnnxLayers& layers, const OnnxLayer& layer) {
  OnnxBuilder& b = layers.builder;
  const std::vector<OnnxValue>& inputs = layer.inputs;
  const auto rank = static_cast<std::int64_t>(inputs[0].shape.size());
  std::int64_t axis = layer.options.integer("axis");
  if (axis < 0) axis += rank + 1;
  const bool masked = std::any_of(inputs.begin(), inputs.end(), [](const OnnxValue& x) { return static_cast<bool>(x.mask); });
  OnnxValue y{"", inputs[0].shape, OnnxType::f32, all_channels_first(inputs)};
  std::int64_t& extent = y.shape[static_cast<std::size_t>(axis) - 1];
  extent = 0;
  bool open = false;
  for (const OnnxValue& x : inputs) {
    Shape like = x.shape;
    const std::int64_t own = std::exchange(like[static_cast<std::size_t>(axis) - 1], 0);
    Shape first = inputs[0].shape;
    first[static_cast<std::size_t>(axis) - 1] = 0;
    expect_equal(like, first);
    open = open || own < 0;
    extent += own;
  }
  if (open) extent = b.open_extent(layer.name + "_steps");
  const std::int64_t place = !y.channels_first ? axis : axis == rank ? 1 : axis + 1;
  y.name = b.node("Concat", side_by_side(b, inputs, y.channels_first), {{"axis", place}});
  if (!masked) return y;
  if (rank != 2 || std::any_of(inputs.begin(), inputs.end(), [](const OnnxValue& x) { return x.mask && x.mask.shape.size() != 1; })) throw NoOnnxForm{"masks of its inputs are not those of the steps of sequences"};
  if (axis == rank) {
    y.mask = any_of_masks(b, inputs);
    return y;
  }
  OnnxBuilder::Inputs masks;
  for (const OnnxValue& x : inputs) masks.push_back(x.mask ? x.mask.name : all_steps(b, x));
  y.mask = {b.node("Concat", masks, {{"axis", std::int64_t{1}}}), {extent}};
  return y;
}

}  // namespace teranga::exchange
