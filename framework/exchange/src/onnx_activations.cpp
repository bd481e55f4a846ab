// SPDX-License-Identifier: Apache-2.0
// Activation functions, as layers and within layers.
#include <cmath>
#include <map>
#include <numbers>

#include <fmt/format.h>

#include "onnx_layers.hpp"

namespace teranga::exchange {
namespace {

// One function of x with its options; gives the name of y.
class Activation {
 public:
  Activation(OnnxBuilder& builder, const OnnxOptions& options, const OnnxValue& x) : b_(builder), options_(options), x_(x) {}

  std::string make(const std::string& kind) {
    static const std::map<std::string, const char*> operators = {{"exponential", "Exp"}, {"selu", "Selu"}, {"sigmoid", "Sigmoid"}, {"softplus", "Softplus"}, {"softsign", "Softsign"}, {"tanh", "Tanh"}};
    static const std::map<std::string, std::string (Activation::*)()> formulas = {{"elu", &Activation::elu}, {"gelu", &Activation::gelu}, {"hard_sigmoid", &Activation::hard_sigmoid}, {"leaky_relu", &Activation::leaky_relu},
                                                                                 {"linear", &Activation::linear}, {"log_softmax", &Activation::log_softmax}, {"mish", &Activation::mish}, {"relu", &Activation::relu},
                                                                                 {"relu6", &Activation::relu6}, {"silu", &Activation::silu}, {"softmax", &Activation::softmax}, {"step", &Activation::step}, {"swish", &Activation::silu}};
    if (const auto found = operators.find(kind); found != operators.end()) return b_.node(found->second, {x_.name});
    const auto found = formulas.find(kind);
    if (found == formulas.end()) throw NoOnnxForm{fmt::format("ONNX has no activation \"{}\"", kind)};
    return (this->*found->second)();
  }

 private:
  std::string with(const char* type, const std::string& a, const std::string& b) { return b_.node(type, {a, b}); }
  std::string with(const char* type, const std::string& a, double b) { return b_.node(type, {a, b_.number(b)}); }
  float given(const char* name) const { return static_cast<float>(options_.real(name)); }

  std::string linear() { return x_.name; }
  std::string elu() { return b_.node("Elu", {x_.name}, {{"alpha", given("alpha")}}); }
  std::string leaky_relu() { return b_.node("LeakyRelu", {x_.name}, {{"alpha", given("negative_slope")}}); }
  std::string hard_sigmoid() { return b_.node("HardSigmoid", {x_.name}, {{"alpha", 1.0F / 6}, {"beta", 0.5F}}); }
  std::string relu6() { return b_.node("Clip", {x_.name, b_.number(0), b_.number(6)}); }
  std::string silu() { return with("Mul", x_.name, b_.node("Sigmoid", {x_.name})); }
  std::string mish() { return with("Mul", x_.name, b_.node("Tanh", {b_.node("Softplus", {x_.name})})); }
  std::string softmax() { return b_.node("Softmax", {x_.name}, {{"axis", axis()}}); }
  std::string log_softmax() { return b_.node("LogSoftmax", {x_.name}, {{"axis", axis()}}); }
  std::string step() { return b_.node("Cast", {with("GreaterOrEqual", x_.name, 0)}, {{"to", static_cast<std::int64_t>(OnnxType::f32)}}); }
  std::int64_t axis() const { return x_.channels_first ? 1 : -1; }

  std::string gelu() {
    const std::string half = with("Mul", x_.name, 0.5);
    if (!options_.boolean("approximate")) return with("Mul", half, with("Add", b_.node("Erf", {with("Mul", x_.name, std::numbers::sqrt2 / 2)}), 1));
    const std::string cube = with("Mul", with("Mul", with("Mul", x_.name, x_.name), x_.name), 0.044715);
    const std::string bend = b_.node("Tanh", {with("Mul", with("Add", x_.name, cube), std::sqrt(2 / std::numbers::pi))});
    return with("Mul", half, with("Add", bend, 1));
  }

  std::string relu() {
    const double slope = options_.real("negative_slope"), threshold = options_.real("threshold");
    const bool limited = options_.find("max_value") != nullptr;
    if (threshold == 0 && slope == 0) return limited ? b_.node("Clip", {x_.name, b_.number(0), b_.number(options_.real("max_value"))}) : b_.node("Relu", {x_.name});
    const std::string above = limited ? with("Min", x_.name, options_.real("max_value")) : x_.name;
    return b_.node("Where", {with("Less", x_.name, threshold), with("Mul", with("Sub", x_.name, threshold), slope), above});
  }

  OnnxBuilder& b_;
  const OnnxOptions& options_;
  const OnnxValue& x_;
};

}  // namespace

std::string OnnxLayers::kind_of_activation(const Value::Component& function) const {
  const std::string type = catalogue_.qualified("activation", function.type);
  return type.starts_with("teranga.") ? std::string(recipe::short_type(type)) : "";
}

OnnxValue OnnxLayers::activation(const Value::Component& function, const OnnxValue& x) {
  const std::string kind = kind_of_activation(function);
  if (kind.empty()) throw NoOnnxForm{fmt::format("ONNX has no activation \"{}\"", function.type)};
  const OnnxOptions given = options("activation", function);
  return in_place_of(x, Activation(builder, given, x).make(kind));
}

// Of the type "activation", or of the type that is the function itself.
OnnxOutputs onnx_activation_layer(OnnxLayers& layers, const OnnxLayer& layer) {
  const OnnxValue& x = layer.inputs.at(0);
  if (layer.kind() == "activation") return layers.activation(layer.options.component("activation"), x);
  return in_place_of(x, Activation(layers.builder, layer.options, x).make(layer.kind()));
}

OnnxOutputs onnx_nothing(OnnxLayers&, const OnnxLayer& layer) {
  OnnxValue out = layer.inputs.at(0);
  if (layer.kind() == "sampling") out.mask = {};
  return out;
}

}  // namespace teranga::exchange
