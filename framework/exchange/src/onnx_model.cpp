// SPDX-License-Identifier: Apache-2.0
#include "onnx_model.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/protobuf.hpp>

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

namespace teranga::exchange {
namespace {

// The numbers of fields and types are those of onnx.proto.
class ModelWriter {
 public:
  std::string write(const OnnxModel& model, std::size_t bytes) {
    out_.reserve(bytes);
    out_.varint(1, onnx_format);
    out_.bytes(2, "Teranga");
    out_.bytes(3, TERANGA_VERSION);
    out_.bytes(6, model.text);
    out_.message(7, [&] { graph(model.graph); });
    out_.message(8, [&] { out_.varint(2, onnx_operators); });
    for (const auto& fact : model.facts)
      out_.message(14, [&] {
        out_.bytes(1, fact.first);
        out_.bytes(2, fact.second);
      });
    return std::move(out_).take();
  }

 private:
  void graph(const OnnxGraph& graph) {
    for (const OnnxNode& one : graph.nodes) out_.message(1, [&] { node(one); });
    out_.bytes(2, graph.name);
    for (const OnnxConstant& one : graph.constants) out_.message(5, [&] { constant(one); });
    for (const OnnxPort& one : graph.inputs) out_.message(11, [&] { port(one); });
    for (const OnnxPort& one : graph.outputs) out_.message(12, [&] { port(one); });
  }

  void node(const OnnxNode& node) {
    for (const std::string& input : node.inputs) out_.bytes(1, input);
    for (const std::string& output : node.outputs) out_.bytes(2, output);
    out_.bytes(3, node.name);
    out_.bytes(4, node.type);
    for (const OnnxAttribute& one : node.attributes) out_.message(5, [&] { attribute(one); });
  }

  void attribute(const OnnxAttribute& attribute) {
    out_.bytes(1, attribute.name);
    const int kind = std::visit([&](const auto& value) { return content(value); }, attribute.value);
    out_.varint(20, kind);
  }

  // Gives the number of the type.
  int content(float number) { return out_.real(2, number), 1; }
  int content(std::int64_t number) { return out_.varint(3, number), 2; }
  int content(const std::string& text) { return out_.bytes(4, text), 3; }
  int content(const std::shared_ptr<const OnnxGraph>& inner) { return out_.message(6, [&] { graph(*inner); }), 5; }
  int content(const std::vector<std::int64_t>& numbers) {
    for (const std::int64_t number : numbers) out_.varint(8, number);
    return 7;
  }
  int content(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) out_.bytes(9, text);
    return 8;
  }

  void constant(const OnnxConstant& constant) {
    for (const std::int64_t extent : constant.tensor.shape()) out_.varint(1, extent);
    out_.varint(2, static_cast<std::int64_t>(constant.type));
    out_.bytes(8, constant.name);
    out_.bytes(9, {static_cast<const char*>(constant.tensor.data()), constant.tensor.bytes()});
  }

  void port(const OnnxPort& port) {
    const auto extent = [&](const auto& one) {
      if (std::holds_alternative<std::string>(one)) out_.bytes(2, std::get<std::string>(one));
      else out_.varint(1, std::get<std::int64_t>(one));
    };
    const auto shape = [&] {
      for (const auto& one : port.shape) out_.message(1, [&] { extent(one); });
    };
    const auto tensor = [&] {
      out_.varint(1, static_cast<std::int64_t>(port.type));
      out_.message(2, shape);
    };
    out_.bytes(1, port.name);
    out_.message(2, [&] { out_.message(1, tensor); });
  }

  ProtobufWriter out_;
};

// Also those that a graph within the node takes from outside.
void add_needs(const OnnxNode& node, std::set<std::string_view>& needed) {
  needed.insert(node.inputs.begin(), node.inputs.end());
  for (const OnnxAttribute& attribute : node.attributes)
    if (const auto* const inner = std::get_if<std::shared_ptr<const OnnxGraph>>(&attribute.value)) {
      for (const OnnxNode& part : (*inner)->nodes) add_needs(part, needed);
      for (const OnnxPort& output : (*inner)->outputs) needed.insert(output.name);
    }
}

}  // namespace

void leave_out_unused(OnnxGraph& graph) {
  std::set<std::string_view> needed;
  for (const OnnxPort& output : graph.outputs) needed.insert(output.name);
  std::vector<bool> used(graph.nodes.size(), false);
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const OnnxNode& node = graph.nodes[i];
    used[i] = std::any_of(node.outputs.begin(), node.outputs.end(), [&](const std::string& output) { return needed.contains(output); });
    if (used[i]) add_needs(node, needed);
  }
  std::vector<OnnxConstant> constants;
  for (OnnxConstant& constant : graph.constants)
    if (needed.contains(constant.name)) constants.push_back(std::move(constant));
  std::vector<OnnxNode> nodes;  // last: their names are what `needed` looks at
  for (std::size_t i = 0; i < used.size(); ++i)
    if (used[i]) nodes.push_back(std::move(graph.nodes[i]));
  graph.constants = std::move(constants);
  graph.nodes = std::move(nodes);
}

std::string bytes_of(const OnnxModel& model, std::size_t most) {
  std::size_t bytes = 0;
  for (const OnnxConstant& constant : model.graph.constants) bytes += constant.tensor.bytes();
  std::string out;
  if (bytes <= most) out = ModelWriter().write(model, bytes + bytes / 16 + 65536);
  if (std::max(bytes, out.size()) > most)
    throw Error(ExitCode::failure, fmt::format("export: a file of ONNX has at most {} bytes, and this model has {}. Its weights alone fit into other formats: --to safetensors", most, std::max(bytes, out.size())));
  return out;
}

}  // namespace teranga::exchange
