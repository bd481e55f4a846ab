// SPDX-License-Identifier: Apache-2.0
#include "onnx_builder.hpp"

#include <cstring>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace teranga::exchange {
namespace {

// Axes behind the samples: channels come first, or last.
std::vector<std::int64_t> axes_to_first(std::size_t rank) {
  std::vector<std::int64_t> axes = {0, static_cast<std::int64_t>(rank)};
  for (std::size_t axis = 1; axis < rank; ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  return axes;
}

std::vector<std::int64_t> inverse(const std::vector<std::int64_t>& axes) {
  std::vector<std::int64_t> out(axes.size());
  for (std::size_t i = 0; i < axes.size(); ++i) out[static_cast<std::size_t>(axes[i])] = static_cast<std::int64_t>(i);
  return out;
}

}  // namespace

std::int64_t known(std::int64_t extent) {
  if (extent < 0) throw OpenExtent{};
  return extent;
}

std::int64_t known_product(const Shape& shape) {
  std::int64_t out = 1;
  for (const std::int64_t extent : shape) out *= known(extent);
  return out;
}

std::string OnnxBuilder::unique(const std::string& name) {
  std::string out = name;
  for (int number = names_[name]++; number > 0 && (out = fmt::format("{}_{}", name, number), names_[out]++ > 0); ++number) {}
  return out;
}

std::string OnnxBuilder::node(const std::string& type, Inputs inputs, Attributes attributes) { return node_of(1, type, std::move(inputs), std::move(attributes))[0]; }

OnnxBuilder::Inputs OnnxBuilder::node_of(std::size_t outputs, const std::string& type, Inputs inputs, Attributes attributes) {
  OnnxNode made{type, unique(fmt::format("{}/{}", layer_, type)), std::move(inputs), {}, std::move(attributes)};
  for (std::size_t i = 0; i < outputs; ++i) made.outputs.push_back(i == 0 ? made.name : unique(fmt::format("{}.{}", made.name, i)));
  here().nodes.push_back(made);
  return made.outputs;
}

void OnnxBuilder::name(const std::string& value, const std::string& output) { here().nodes.push_back({"Identity", unique(output + "/Identity"), {value}, {output}, {}}); }

std::shared_ptr<const OnnxGraph> OnnxBuilder::inner(const std::function<void(OnnxGraph&)>& fill) {
  auto made = std::make_shared<OnnxGraph>();
  made->name = unique(layer_ + "/step");
  open_graphs_.push_back(made.get());
  struct Leaves {  // also where `fill` throws
    std::vector<OnnxGraph*>& graphs;
    ~Leaves() { graphs.pop_back(); }
  } const leaves{open_graphs_};
  fill(*made);
  return made;
}

std::string OnnxBuilder::constant(OnnxType type, Tensor tensor) {
  std::string key = fmt::format("{} {} ", static_cast<int>(type), to_string(tensor.shape()));
  key.append(static_cast<const char*>(tensor.data()), tensor.bytes());
  std::string& name = constants_[key];
  if (!name.empty()) return name;
  name = unique(layer_ + "/constant");
  graph_.constants.push_back({name, type, std::move(tensor)});
  return name;
}

std::string OnnxBuilder::number(double number) {
  Tensor made(ElementType::f32, {});
  made.as<float>()[0] = static_cast<float>(number);
  return constant(OnnxType::f32, std::move(made));
}

std::string OnnxBuilder::integers(const std::vector<std::int64_t>& numbers) {
  Tensor made(ElementType::i64, {static_cast<std::int64_t>(numbers.size())});
  for (std::size_t i = 0; i < numbers.size(); ++i) made.as<std::int64_t>()[i] = numbers[i];
  return constant(OnnxType::i64, std::move(made));
}

std::string OnnxBuilder::weight(const std::string& name, const std::function<Tensor()>& make) {
  std::string& known = weights_[name];
  if (!known.empty()) return known;
  known = unique(name);
  graph_.constants.push_back({known, OnnxType::f32, make()});
  return known;
}

std::string OnnxBuilder::transposed(const std::string& value, const std::vector<std::int64_t>& axes) {
  std::string& made = transposed_[{value, axes}];
  if (!made.empty()) return made;
  made = node("Transpose", {value}, {{"perm", axes}});
  transposed_[{made, inverse(axes)}] = value;
  return made;
}

std::string OnnxBuilder::reversed(const std::string& value) {
  if (const auto known = reversed_.find(value); known != reversed_.end()) return known->second;
  const std::string made = node("Slice", {value, integers({-1}), integers({std::numeric_limits<std::int64_t>::min()}), integers({1}), integers({-1})});
  reversed_[value] = made;
  reversed_[made] = value;
  return made;
}

std::string OnnxBuilder::channels_last(const OnnxValue& value) { return value.channels_first ? transposed(value.name, inverse(axes_to_first(value.shape.size()))) : value.name; }

std::string OnnxBuilder::channels_first(const OnnxValue& value) { return value.channels_first || value.shape.size() < 2 ? value.name : transposed(value.name, axes_to_first(value.shape.size())); }

std::int64_t OnnxBuilder::open_extent(const std::string& name) {
  const std::int64_t made = -1 - static_cast<std::int64_t>(extents_.size());
  extents_[made] = unique(name);
  return made;
}

OnnxGraph OnnxBuilder::take(const std::string& name) {
  graph_.name = name;
  leave_out_unused(graph_);
  return std::move(graph_);
}

}  // namespace teranga::exchange
