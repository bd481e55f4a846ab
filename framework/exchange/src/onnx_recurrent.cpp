// SPDX-License-Identifier: Apache-2.0
// Recurrent layers. Without masks, and with the usual activations, they are the operators LSTM, GRU and RNN; all others are a Scan over the steps.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "onnx_layers.hpp"
#include "turned_tensor.hpp"

namespace teranga::exchange {
namespace {

// The number of gates of a cell, and their order in ONNX: i, o, f, c of an LSTM, which are i, f, c, o in Keras; z, r, h of a GRU.
const std::map<std::string, std::vector<std::size_t>>& gates() {
  static const std::map<std::string, std::vector<std::size_t>> all = {{"simple_rnn", {0}}, {"gru", {0, 1, 2}}, {"lstm", {0, 3, 1, 2}}};
  return all;
}

class RecurrentLayer {
 public:
  RecurrentLayer(OnnxLayers& layers, const OnnxLayer& layer)
      : layers_(layers), b_(layers.builder), layer_(layer), x_(layer.inputs.at(0)), kind_(layer.kind()), units_(layer.options.integer("units")), states_(kind_ == "lstm" ? 2 : 1), bias_(layer.options.boolean("use_bias")),
        backwards_(layer.options.boolean("go_backwards")), sequences_(layer.options.boolean("return_sequences")), apart_(kind_ == "gru" && layer.options.boolean("reset_after")), masked_(x_.mask && x_.mask.shape.size() == 1) {}

  OnnxOutputs make() {
    if (layer_.options.boolean("stateful")) throw NoOnnxForm{"it keeps its state from one batch to the next (stateful)"};
    known(x_.shape.back());
    const OnnxBuilder::Inputs made = has_operator() ? by_operator() : by_scan();  // the sequence in the order of reading, and the last states
    OnnxValue y{made[sequences_ ? 0 : 1], {units_}};
    if (sequences_) {
      y.shape.insert(y.shape.begin(), x_.shape[0]);
      pass_mask(x_, y);
    }
    OnnxOutputs out(std::move(y));
    if (!layer_.options.boolean("return_state")) return out;
    for (std::size_t i = 0; i < states_; ++i) out.push_back({i == 0 ? "state_h" : "state_c", {made[1 + i], {units_}}});
    return out;
  }

 private:
  // Of an activation that the operators of ONNX have without options; "": there is none.
  std::string operator_of(const char* option) const {
    static const std::map<std::string, std::string> names = {{"tanh", "Tanh"}, {"sigmoid", "Sigmoid"}, {"relu", "Relu"}, {"softsign", "Softsign"}};
    const Value::Component function = layer_.options.component(option);
    const auto found = names.find(layers_.kind_of_activation(function));
    const OnnxOptions options = layers_.options("activation", function);
    const bool plain = found != names.end() && (found->first != "relu" || (options.real("negative_slope") == 0 && options.real("threshold") == 0 && !options.find("max_value")));
    return plain ? found->second : "";
  }

  bool has_operator() const { return !masked_ && !operator_of("activation").empty() && (kind_ == "simple_rnn" || !operator_of("recurrent_activation").empty()); }

  // [gates x units, ...] of a kernel of Keras, [..., gates x units], in ONNX's order and with an axis of directions.
  std::string turned(const char* name) {
    return layers_.weight(layer_, name, "of_operator", [&](const Tensor& kernel) {
      Tensor made = in_order(in_axes(kernel, {1, 0}), gates().at(kind_));
      return in_shape(made, {1, made.shape()[0], made.shape()[1]});
    });
  }

  // Those of the inputs, then those of the recurrent product.
  std::string both_biases() {
    return layers_.weight(layer_, "bias", "of_operator", [&](const Tensor& bias) {
      const Tensor of_inputs = in_order(apart_ ? row_of(bias, 0) : bias, gates().at(kind_)), recurrent = apart_ ? in_order(row_of(bias, 1), gates().at(kind_)) : zeros_like(of_inputs);
      Tensor made(ElementType::f32, {1, 2 * of_inputs.count()});
      std::copy(of_inputs.as<float>().begin(), of_inputs.as<float>().end(), made.as<float>().begin());
      std::copy(recurrent.as<float>().begin(), recurrent.as<float>().end(), made.as<float>().begin() + of_inputs.count());
      return made;
    });
  }

  OnnxBuilder::Inputs by_operator() {
    static const std::map<std::string, const char*> types = {{"simple_rnn", "RNN"}, {"gru", "GRU"}, {"lstm", "LSTM"}};
    OnnxBuilder::Inputs inputs = {b_.transposed(b_.channels_last(x_), {1, 0, 2}), turned("kernel"), turned("recurrent_kernel"), bias_ ? both_biases() : ""};
    if (layer_.inputs.size() > 1) {
      inputs.emplace_back();  // lengths: all have the same
      for (std::size_t i = 0; i < states_; ++i) inputs.push_back(b_.node("Unsqueeze", {layer_.inputs[1 + i].name, b_.integers({0})}));
    }
    while (inputs.back().empty()) inputs.pop_back();
    std::vector<std::string> functions = {operator_of("activation")};
    if (kind_ != "simple_rnn") functions.insert(functions.begin(), operator_of("recurrent_activation"));
    if (kind_ == "lstm") functions.push_back(functions[1]);
    OnnxBuilder::Attributes how = {{"hidden_size", units_}, {"direction", std::string(backwards_ ? "reverse" : "forward")}, {"activations", functions}};
    if (kind_ == "gru") how.push_back({"linear_before_reset", std::int64_t{apart_}});
    OnnxBuilder::Inputs made = b_.node_of(1 + states_, types.at(kind_), std::move(inputs), std::move(how));
    made[0] = b_.transposed(b_.node("Squeeze", {made[0], b_.integers({1})}), {1, 0, 2});  // in the order of the steps
    if (backwards_) made[0] = b_.reversed(made[0]);
    for (std::size_t i = 0; i < states_; ++i) made[1 + i] = b_.node("Squeeze", {made[1 + i], b_.integers({0})});
    return made;
  }

  // Over the first axis and forwards, which is all that some programs know of it.
  OnnxBuilder::Inputs by_scan() {
    const auto in_order_of_reading = [&](const std::string& value) { return backwards_ ? b_.reversed(value) : value; };
    const std::string x = in_order_of_reading(b_.channels_last(x_));
    std::string inputs = b_.node("MatMul", {x, layers_.weight(layer_, "kernel")});  // of all steps and gates
    if (bias_) inputs = b_.node("Add", {inputs, apart_ ? layers_.weight(layer_, "bias", "of_inputs", [](const Tensor& bias) { return row_of(bias, 0); }) : layers_.weight(layer_, "bias")});
    OnnxBuilder::Inputs from;
    for (std::size_t i = 0; i < states_; ++i) from.push_back(layer_.inputs.size() > 1 ? layer_.inputs[1 + i].name : zeros(x));
    from.push_back(b_.transposed(inputs, {1, 0, 2}));
    if (masked_) from.push_back(b_.transposed(in_order_of_reading(x_.mask.name), {1, 0}));
    const std::shared_ptr<const OnnxGraph> body = b_.inner([&](OnnxGraph& graph) { step(graph); });
    OnnxBuilder::Inputs made = b_.node_of(states_ + 1, "Scan", std::move(from), {{"body", body}, {"num_scan_inputs", std::int64_t{masked_ ? 2 : 1}}});
    std::rotate(made.begin(), made.end() - 1, made.end());  // the sequence comes first
    made[0] = b_.transposed(made[0], {1, 0, 2});
    return made;
  }

  // [samples, units]
  std::string zeros(const std::string& x) {
    const std::string samples = b_.node("Shape", {x}, {{"start", std::int64_t{0}}, {"end", std::int64_t{1}}});
    return b_.node("Expand", {b_.number(0), b_.node("Concat", {samples, b_.integers({units_})}, {{"axis", std::int64_t{0}}})});
  }

  // The graph of one step: states, the inputs of the gates and the mask -> the states after it, and the output. A masked step keeps the states.
  void step(OnnxGraph& graph) {
    const auto gates_wide = static_cast<std::int64_t>(gates().at(kind_).size()) * units_;
    const auto enters = [&](const char* name, std::int64_t width) {
      graph.inputs.push_back({b_.unique(fmt::format("{}/step/{}", layer_.name, name)), OnnxType::f32, {"batch", width}});
      return graph.inputs.back().name;
    };
    std::vector<std::string> before;
    for (std::size_t i = 0; i < states_; ++i) before.push_back(enters(i == 0 ? "h" : "c", units_));
    const std::string inputs = enters("inputs", gates_wide);
    std::vector<std::string> after = kind_ == "simple_rnn" ? std::vector{simple_rnn(before[0], inputs)} : kind_ == "gru" ? std::vector{gru(before[0], inputs)} : lstm(before[0], before[1], inputs);
    std::string output;
    if (masked_) {
      graph.inputs.push_back({b_.unique(layer_.name + "/step/mask"), OnnxType::boolean, {"batch"}});
      const std::string kept = b_.node("Unsqueeze", {graph.inputs.back().name, b_.integers({1})});
      for (std::size_t i = 0; i < states_; ++i) after[i] = b_.node("Where", {kept, after[i], before[i]});
      if (sequences_ && layer_.options.boolean("zero_output_for_mask")) output = b_.node("Where", {kept, after[0], b_.number(0)});
    }
    if (output.empty()) output = b_.node("Identity", {after[0]});
    for (const std::string& state : after) graph.outputs.push_back({state, OnnxType::f32, {"batch", units_}});
    graph.outputs.push_back({output, OnnxType::f32, {"batch", units_}});
  }

  std::string with(const char* type, const std::string& a, const std::string& b) { return b_.node(type, {a, b}); }
  std::string function(const char* option, const std::string& x) { return layers_.activation(layer_.options.component(option), {x, {units_}}).name; }
  std::string gate(const std::string& x) { return function("recurrent_activation", x); }
  OnnxBuilder::Inputs split(const std::string& x, std::size_t parts) { return b_.node_of(parts, "Split", {x}, {{"axis", std::int64_t{1}}}); }
  // Columns [begin, end) x units of the recurrent kernel.
  std::string recurrent_kernel(const char* form, std::int64_t begin, std::int64_t end) {
    return layers_.weight(layer_, "recurrent_kernel", form, [&](const Tensor& kernel) {
      const std::int64_t wide = kernel.shape()[1], taken = (end - begin) * units_;
      Tensor made(ElementType::f32, {units_, taken});
      for (std::int64_t row = 0; row < units_; ++row) std::copy_n(kernel.as<float>().begin() + row * wide + begin * units_, taken, made.as<float>().begin() + row * taken);
      return made;
    });
  }

  std::string simple_rnn(const std::string& h, const std::string& inputs) { return function("activation", with("Add", inputs, with("MatMul", h, layers_.weight(layer_, "recurrent_kernel")))); }

  // h' = z h + (1 - z) k
  std::string gru(const std::string& h, const std::string& inputs) {
    const OnnxBuilder::Inputs in = split(inputs, 3);
    std::string candidate, update, reset;
    if (apart_) {
      std::string all = with("MatMul", h, layers_.weight(layer_, "recurrent_kernel"));
      if (bias_) all = with("Add", all, layers_.weight(layer_, "bias", "of_states", [](const Tensor& bias) { return row_of(bias, 1); }));
      const OnnxBuilder::Inputs recurrent = split(all, 3);
      update = gate(with("Add", in[0], recurrent[0])), reset = gate(with("Add", in[1], recurrent[1]));
      candidate = with("Add", in[2], with("Mul", reset, recurrent[2]));
    } else {
      const OnnxBuilder::Inputs recurrent = split(with("MatMul", h, recurrent_kernel("of_gates", 0, 2)), 2);
      update = gate(with("Add", in[0], recurrent[0])), reset = gate(with("Add", in[1], recurrent[1]));
      candidate = with("Add", in[2], with("MatMul", with("Mul", reset, h), recurrent_kernel("of_candidate", 2, 3)));
    }
    candidate = function("activation", candidate);
    return with("Add", with("Mul", update, h), with("Mul", with("Sub", b_.number(1), update), candidate));
  }

  // c' = f c + i a(k), h' = o a(c')
  std::vector<std::string> lstm(const std::string& h, const std::string& c, const std::string& inputs) {
    const OnnxBuilder::Inputs z = split(with("Add", inputs, with("MatMul", h, layers_.weight(layer_, "recurrent_kernel"))), 4);
    const std::string kept = with("Mul", gate(z[1]), c), added = with("Mul", gate(z[0]), function("activation", z[2])), next = with("Add", kept, added);
    return {with("Mul", gate(z[3]), function("activation", next)), next};
  }

  OnnxLayers& layers_;
  OnnxBuilder& b_;
  const OnnxLayer& layer_;
  const OnnxValue& x_;
  std::string kind_;
  std::int64_t units_;
  std::size_t states_;
  bool bias_, backwards_, sequences_, apart_, masked_;
};

}  // namespace

OnnxOutputs onnx_recurrent(OnnxLayers& layers, const OnnxLayer& layer) { return RecurrentLayer(layers, layer).make(); }

}  // namespace teranga::exchange
