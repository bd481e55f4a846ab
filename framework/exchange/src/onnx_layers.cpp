// SPDX-License-Identifier: Apache-2.0
#include "onnx_layers.hpp"

#include <teranga/core/error.hpp>

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace teranga::exchange {
namespace {

const std::map<std::string_view, OnnxTranslation>& translations() {
  static const std::map<std::string_view, OnnxTranslation> all = {{"activation", onnx_activation_layer},
                                                                  {"add", onnx_merge},
                                                                  {"average", onnx_merge},
                                                                  {"average_pooling1d", onnx_pooling},
                                                                  {"average_pooling2d", onnx_pooling},
                                                                  {"batch_normalization", onnx_batch_normalization},
                                                                  {"bias", onnx_bias},
                                                                  {"bidirectional", onnx_bidirectional},
                                                                  {"concatenate", onnx_concatenate},
                                                                  {"conv1d", onnx_convolution},
                                                                  {"conv2d", onnx_convolution},
                                                                  {"conv2d_transpose", onnx_conv2d_transpose},
                                                                  {"dense", onnx_dense},
                                                                  {"depthwise_conv2d", onnx_convolution},
                                                                  {"dropout", onnx_nothing},
                                                                  {"elu", onnx_activation_layer},
                                                                  {"embedding", onnx_embedding},
                                                                  {"exponential", onnx_activation_layer},
                                                                  {"flatten", onnx_flatten},
                                                                  {"gather_steps", onnx_gather_steps},
                                                                  {"gaussian_dropout", onnx_nothing},
                                                                  {"gaussian_noise", onnx_nothing},
                                                                  {"gelu", onnx_activation_layer},
                                                                  {"global_average_pooling1d", onnx_global_pooling},
                                                                  {"global_average_pooling2d", onnx_global_pooling},
                                                                  {"global_max_pooling1d", onnx_global_pooling},
                                                                  {"global_max_pooling2d", onnx_global_pooling},
                                                                  {"gru", onnx_recurrent},
                                                                  {"hard_sigmoid", onnx_activation_layer},
                                                                  {"layer_normalization", onnx_layer_normalization},
                                                                  {"leaky_relu", onnx_activation_layer},
                                                                  {"linear", onnx_activation_layer},
                                                                  {"log_softmax", onnx_activation_layer},
                                                                  {"lstm", onnx_recurrent},
                                                                  {"masking", onnx_masking},
                                                                  {"max_pooling1d", onnx_pooling},
                                                                  {"max_pooling2d", onnx_pooling},
                                                                  {"maximum", onnx_merge},
                                                                  {"min_pooling1d", onnx_pooling},
                                                                  {"min_pooling2d", onnx_pooling},
                                                                  {"minimum", onnx_merge},
                                                                  {"mish", onnx_activation_layer},
                                                                  {"multi_head_attention", onnx_attention},
                                                                  {"multiply", onnx_merge},
                                                                  {"permute", onnx_permute},
                                                                  {"pick_step", onnx_pick_step},
                                                                  {"position_embedding", onnx_position_embedding},
                                                                  {"relu", onnx_activation_layer},
                                                                  {"relu6", onnx_activation_layer},
                                                                  {"repeat_vector", onnx_repeat_vector},
                                                                  {"rescaling", onnx_rescaling},
                                                                  {"reshape", onnx_reshape},
                                                                  {"reverse_time", onnx_reverse_time},
                                                                  {"sampling", onnx_nothing},
                                                                  {"segment_embedding", onnx_segment_embedding},
                                                                  {"selu", onnx_activation_layer},
                                                                  {"sigmoid", onnx_activation_layer},
                                                                  {"silu", onnx_activation_layer},
                                                                  {"simple_rnn", onnx_recurrent},
                                                                  {"sine_position_encoding", onnx_sine_position_encoding},
                                                                  {"softmax", onnx_activation_layer},
                                                                  {"softplus", onnx_activation_layer},
                                                                  {"softsign", onnx_activation_layer},
                                                                  {"step", onnx_activation_layer},
                                                                  {"subtract", onnx_merge},
                                                                  {"swish", onnx_activation_layer},
                                                                  {"tanh", onnx_activation_layer},
                                                                  {"tied_dense", onnx_tied_dense},
                                                                  {"time_distributed", onnx_time_distributed},
                                                                  {"upsampling1d", onnx_upsampling},
                                                                  {"upsampling2d", onnx_upsampling},
                                                                  {"zero_padding1d", onnx_zero_padding},
                                                                  {"zero_padding2d", onnx_zero_padding}};
  return all;
}

// A plugin of others may use any name behind its own prefix.
OnnxTranslation translation_of(const std::string& type) {
  const bool ours = type.find('.') == type.npos || type.starts_with("teranga.");
  const auto found = translations().find(recipe::short_type(type));
  return ours && found != translations().end() ? found->second : nullptr;
}

}  // namespace

const Value* OnnxOptions::find(std::string_view name) const {
  const Value* const given = find_option(given_, name);
  if (given && !given->empty()) return given;
  const OptionSpec* const spec = schema_ ? find_option(*schema_, name) : nullptr;
  return spec && !spec->default_value.empty() ? &spec->default_value : nullptr;
}

double OnnxOptions::real(std::string_view name) const {
  const Value& value = *find(name);
  return value.is<std::int64_t>() ? static_cast<double>(value.as<std::int64_t>()) : value.as<double>();
}

std::vector<std::int64_t> OnnxOptions::integers(std::string_view name, std::size_t count) const {
  const Value& value = *find(name);
  std::vector<std::int64_t> out;
  if (value.is<std::int64_t>()) out.push_back(value.as<std::int64_t>());
  else
    for (const Value& item : value.as<Value::List>()) out.push_back(item.as<std::int64_t>());
  if (out.size() == 1 && count > 1) out.resize(count, out[0]);
  return out;
}

Value::Component OnnxOptions::component(std::string_view name) const {
  const Value& value = *find(name);
  return value.is<Value::Component>() ? value.as<Value::Component>() : Value::Component{value.as<std::string>(), {}};
}

void OnnxOptions::set(const std::string& name, Value value) {
  std::erase_if(given_, [&](const Option& option) { return option.name == name; });
  given_.push_back({name, std::move(value), {}});
}

std::string OnnxLayer::kind() const { return std::string(recipe::short_type(type)); }

OnnxOutputs OnnxLayers::layer(const OnnxLayer& layer) {
  const OnnxTranslation translate = translation_of(layer.type);
  if (!translate) throw NoOnnxForm{"ONNX has no such layer"};
  const std::string outside = builder.layer();
  builder.enter(layer.name);
  OnnxOutputs out = translate(*this, layer);
  if (catalogue_.has_activation_sugar(layer.type) && layer.options.find(model::activation_option)) out[0].value = activation(layer.options.component(model::activation_option), out[0].value);
  builder.enter(outside);
  return out;
}

OnnxOutputs OnnxLayers::part(const OnnxLayer& whole, const std::string& name, const Value::Component& component, std::vector<OnnxValue> inputs, const Options& changed) {
  const auto within = [&](const std::string& place) { return fmt::format("{}/{}", place, name); };
  const std::string known = catalogue_.qualified("layer", component.type);
  OnnxLayer made{known.empty() ? component.type : known, within(whole.name), within(whole.weights), within(whole.states), options("layer", component), std::move(inputs)};
  for (const Option& option : changed) made.options.set(option.name, option.value);
  try {
    return layer(made);
  } catch (const NoOnnxForm& fault) {
    throw NoOnnxForm{fmt::format("its layer \"{}\": {}", made.kind(), fault.reason)};
  }
}

const NamedTensor& OnnxLayers::array(const OnnxLayer& layer, const std::string& name) const {
  for (const auto& [tensors, place] : {std::pair{&snapshot_.parameters, &layer.weights}, {&snapshot_.states, &layer.states}})
    for (const NamedTensor& one : *tensors)
      if (one.name.size() == place->size() + 1 + name.size() && one.name.starts_with(*place) && one.name.ends_with("/" + name)) return one;
  throw Error(ExitCode::data, fmt::format("export: the checkpoint has no array \"{}/{}\"", layer.weights, name));
}

std::string OnnxLayers::weight(const OnnxLayer& layer, const std::string& name) {
  const NamedTensor& from = array(layer, name);
  return builder.weight(from.name, [&] { return from.tensor; });
}

std::string OnnxLayers::weight(const OnnxLayer& layer, const std::string& name, const std::string& form, const std::function<Tensor(const Tensor&)>& make) {
  const NamedTensor& from = array(layer, name);
  return builder.weight(fmt::format("{}.{}", from.name, form), [&] { return make(from.tensor); });
}

void pass_mask(const OnnxValue& x, OnnxValue& y) {
  const Shape& steps = x.mask.shape;
  if (x.mask && y.shape.size() >= steps.size() && std::equal(steps.begin(), steps.end(), y.shape.begin())) y.mask = x.mask;
}

OnnxValue in_place_of(const OnnxValue& x, std::string name) {
  OnnxValue out = x;
  out.name = std::move(name);
  return out;
}

std::string mask_over(OnnxBuilder& builder, const OnnxMask& mask, std::size_t rank) {
  std::vector<std::int64_t> axes;
  for (std::size_t axis = mask.shape.size(); axis < rank; ++axis) axes.push_back(static_cast<std::int64_t>(axis) + 1);
  return axes.empty() ? mask.name : builder.node("Unsqueeze", {mask.name, builder.integers(axes)});
}

void expect_equal(const Shape& a, const Shape& b) {
  if (a != b) throw OpenExtent{};
}

}  // namespace teranga::exchange
