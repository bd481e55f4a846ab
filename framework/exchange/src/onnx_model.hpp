// SPDX-License-Identifier: Apache-2.0
// A model of ONNX (github.com/onnx/onnx, onnx.proto) as it is before it is written: nodes, constant tensors, inputs and outputs.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <teranga/tensor/tensor.hpp>

namespace teranga::exchange {

enum class OnnxType : std::int32_t { f32 = 1, u8 = 2, i32 = 6, i64 = 7, boolean = 9, f64 = 11 };  // TensorProto.DataType

struct OnnxGraph;

struct OnnxAttribute {
  std::string name;
  std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<std::string>, std::shared_ptr<const OnnxGraph>> value;
};

struct OnnxNode {
  std::string type, name;
  std::vector<std::string> inputs;  // names of values; "": one that is left out
  std::vector<std::string> outputs;
  std::vector<OnnxAttribute> attributes;
};

struct OnnxConstant {
  std::string name;
  OnnxType type = OnnxType::f32;  // boolean: the tensor has bytes
  Tensor tensor;
};

struct OnnxPort {
  std::string name;
  OnnxType type = OnnxType::f32;
  std::vector<std::variant<std::int64_t, std::string>> shape;  // a text is the name of an extent that is open
};

struct OnnxGraph {
  std::string name;
  std::vector<OnnxNode> nodes;  // each behind those that it takes from
  std::vector<OnnxConstant> constants;
  std::vector<OnnxPort> inputs, outputs;
};

struct OnnxModel {
  std::string text;  // what it is
  OnnxGraph graph;
  std::vector<std::pair<std::string, std::string>> facts;  // metadata_props
};

inline constexpr std::int64_t onnx_operators = 17, onnx_format = 8;  // opset and ir_version

// The nodes and constants that lead to no output are left out.
void leave_out_unused(OnnxGraph& graph);

// Throws Error(failure) where the file would have more than `most` bytes: protocol buffers end at 2 GiB.
std::string bytes_of(const OnnxModel& model, std::size_t most = std::numeric_limits<std::int32_t>::max());

}  // namespace teranga::exchange
