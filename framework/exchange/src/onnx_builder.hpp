// SPDX-License-Identifier: Apache-2.0
// Builds the graph of an ONNX model node by node: unique names, constants that are stored once, and transpositions that are made once or cancel out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "onnx_model.hpp"

namespace teranga::exchange {

// Of [samples, shape...], true where a step counts; without a name: there is none.
struct OnnxMask {
  std::string name;
  Shape shape;

  explicit operator bool() const noexcept { return !name.empty(); }
};

// What a layer takes and gives. The shape is that of a sample with channels last, wherever they lie; an extent below 0 is open, and equal ones are equal lengths.
struct OnnxValue {
  std::string name;
  Shape shape;
  OnnxType type = OnnxType::f32;
  bool channels_first = false;
  OnnxMask mask = {};
};

// Thrown where a layer has no form in ONNX.
struct NoOnnxForm {
  std::string reason;
};
// Thrown where a layer needs the length of an axis that is open.
struct OpenExtent {};

class OnnxBuilder {
 public:
  using Inputs = std::vector<std::string>;
  using Attributes = std::vector<OnnxAttribute>;

  // The layer that the following nodes belong to, and are named after.
  void enter(const std::string& layer) { layer_ = layer; }
  const std::string& layer() const noexcept { return layer_; }

  // A name that nothing has yet: this one, or with a number.
  std::string unique(const std::string& name);
  // Adds a node, and gives the name of its output, or of all.
  std::string node(const std::string& type, Inputs inputs, Attributes attributes = {});
  Inputs node_of(std::size_t outputs, const std::string& type, Inputs inputs, Attributes attributes = {});
  // The value under another name, that of an output.
  void name(const std::string& value, const std::string& output);
  // A graph within a node: what `fill` adds goes there, and its constants outside.
  std::shared_ptr<const OnnxGraph> inner(const std::function<void(OnnxGraph&)>& fill);

  std::string constant(OnnxType type, Tensor tensor);
  std::string number(double number);  // float32
  std::string integers(const std::vector<std::int64_t>& numbers);  // int64, a list
  // A weight by its name; it is made once.
  std::string weight(const std::string& name, const std::function<Tensor()>& make);

  std::string transposed(const std::string& value, const std::vector<std::int64_t>& axes);
  std::string reversed(const std::string& value);  // along axis 1
  std::string channels_last(const OnnxValue& value);
  std::string channels_first(const OnnxValue& value);

  // A new length that nobody knows before the model runs.
  std::int64_t open_extent(const std::string& name);
  std::string name_of_extent(std::int64_t open) const { return extents_.at(open); }

  void outputs(std::vector<OnnxPort> ports) { graph_.outputs = std::move(ports); }
  // The whole, without what leads to no output.
  OnnxGraph take(const std::string& name);

 private:
  OnnxGraph& here() { return *open_graphs_.back(); }

  OnnxGraph graph_;
  std::vector<OnnxGraph*> open_graphs_ = {&graph_};
  std::string layer_;
  std::map<std::string, int> names_;
  std::map<std::string, std::string> constants_;  // by type, shape and bytes
  std::map<std::string, std::string> weights_;
  std::map<std::pair<std::string, std::vector<std::int64_t>>, std::string> transposed_;
  std::map<std::string, std::string> reversed_;
  std::map<std::int64_t, std::string> extents_;
};

// A known length; throws OpenExtent.
std::int64_t known(std::int64_t extent);
std::int64_t known_product(const Shape& shape);

}  // namespace teranga::exchange
