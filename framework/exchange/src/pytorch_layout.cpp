// SPDX-License-Identifier: Apache-2.0
#include "pytorch_layout.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "turned_tensor.hpp"

namespace teranga::exchange {
namespace {

std::string_view last_word(std::string_view name) { return name.substr(name.rfind('/') + 1); }

class TorchLayer {
 public:
  TorchLayer(const recipe::LayerRecipe& layer, const std::vector<NamedTensor>& own) : own_(own), name_(layer.name), type_(recipe::short_type(layer.type)) {
    if (type_ == "time_distributed" || type_ == "bidirectional")
      if (const Value* const inner = find_option(layer.options, "layer"); inner && inner->is<Value::Component>()) inner_ = recipe::short_type(inner->as<Value::Component>().type);
  }

  // Whether there is one.
  bool convert() {
    const std::string& type = type_ == "time_distributed" ? inner_ : type_;
    if (type_ == "bidirectional") return recurrent(inner_, "/forward_layer/", "") && recurrent(inner_, "/backward_layer/", "_reverse");
    static const std::map<std::string, Axes> kernels = {{"dense", {1, 0}}, {"conv1d", {2, 1, 0}}, {"conv2d", {3, 2, 0, 1}}, {"conv2d_transpose", {3, 2, 0, 1}}, {"depthwise_conv2d", {2, 3, 0, 1}}};
    if (const auto kernel = kernels.find(type); kernel != kernels.end()) return weights(type, kernel->second);
    if (type == "embedding") return put("weight", tensor("embeddings"));
    if (type == "batch_normalization" || type == "layer_normalization") return normalization();
    return recurrent(type, "/", "");
  }

  std::vector<NamedTensor> take() { return std::move(out_); }

 private:
  const Tensor* tensor(std::string_view word, std::string_view part = "/") const {
    for (const NamedTensor& one : own_)
      if (last_word(one.name) == word && (part == "/" || one.name.find(part) != one.name.npos)) return &one.tensor;
    return nullptr;
  }

  bool put(const std::string& name, const Tensor* from) {
    if (from) out_.push_back({name_ + "." + name, *from});
    return from != nullptr;
  }

  bool weights(const std::string& type, const Axes& axes) {
    const Tensor* const kernel = tensor(type == "depthwise_conv2d" && !tensor("kernel") ? "depthwise_kernel" : "kernel");
    if (!kernel || kernel->shape().size() != axes.size()) return false;
    Tensor made = in_axes(*kernel, axes);
    if (type == "depthwise_conv2d") made = in_shape(made, {made.shape()[0] * made.shape()[1], 1, made.shape()[2], made.shape()[3]});
    out_.push_back({name_ + ".weight", std::move(made)});
    put("bias", tensor("bias"));
    return true;
  }

  bool normalization() {
    for (const auto& [ours, theirs] : {std::pair{"gamma", "weight"}, {"beta", "bias"}, {"moving_mean", "running_mean"}, {"moving_variance", "running_var"}}) put(theirs, tensor(ours));
    return true;
  }

  // Gates of an LSTM stand in the order of PyTorch: i, f, c (g), o; those of a GRU are z, r, h there r, z, n.
  bool recurrent(const std::string& type, std::string_view part, const std::string& end) {
    const Tensor *kernel = tensor("kernel", part), *again = tensor("recurrent_kernel", part), *bias = tensor("bias", part);
    if ((type != "lstm" && type != "gru" && type != "simple_rnn") || !kernel || !again) return false;
    const bool two = bias && bias->shape().size() == 2;
    if (type == "gru" && bias && !two) return false;  // reset_after = false
    const std::vector<std::size_t> order = type == "gru" ? std::vector<std::size_t>{1, 0, 2} : std::vector<std::size_t>{0};
    const auto add = [&](const char* name, const Tensor& made) { out_.push_back({fmt::format("{}.{}_l0{}", name_, name, end), in_order(made, order)}); };
    add("weight_ih", in_axes(*kernel, {1, 0}));
    add("weight_hh", in_axes(*again, {1, 0}));
    if (!bias) return true;
    add("bias_ih", two ? row_of(*bias, 0) : *bias);
    add("bias_hh", two ? row_of(*bias, 1) : zeros_like(*bias));
    return true;
  }

  const std::vector<NamedTensor>& own_;
  std::string name_, type_, inner_;
  std::vector<NamedTensor> out_;
};

}  // namespace

std::vector<NamedTensor> in_pytorch_layout(const recipe::LayerRecipe& layer, const std::vector<NamedTensor>& own, std::vector<std::string>& faults) {
  TorchLayer made(layer, own);
  if (made.convert()) return made.take();
  faults.push_back(fmt::format("\"{}\" ({})", layer.name, recipe::short_type(layer.type)));
  return {};
}

}  // namespace teranga::exchange
