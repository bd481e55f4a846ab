// SPDX-License-Identifier: Apache-2.0
#include "pytorch_layout.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace teranga::exchange {
namespace {

using Axes = std::vector<std::size_t>;

// y[i_axes[0], i_axes[1], ...] = x[i_0, i_1, ...]; the axes of y are those of x in that order.
Tensor in_axes(const Tensor& x, const Axes& axes) {
  const std::size_t rank = axes.size();
  Shape shape;
  std::vector<std::int64_t> strides(rank, 1), step(rank);
  for (std::size_t axis = rank; axis-- > 1;) strides[axis - 1] = strides[axis] * x.shape()[axis];
  for (std::size_t axis = 0; axis < rank; ++axis) shape.push_back(x.shape()[axes[axis]]), step[axis] = strides[axes[axis]];
  Tensor y(x.type(), shape);
  const std::size_t bytes = size_of(x.type());
  const auto* const from = static_cast<const char*>(x.data());
  auto* to = static_cast<char*>(y.data());
  std::vector<std::int64_t> at(rank, 0);
  for (std::int64_t i = 0, place = 0; i < x.count(); ++i, to += bytes) {
    std::memcpy(to, from + static_cast<std::size_t>(place) * bytes, bytes);
    for (std::size_t axis = rank; axis-- > 0;) {
      place += step[axis];
      if (++at[axis] < shape[axis]) break;
      place -= step[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return y;
}

// The parts of the first axis, which is cut into so many as `order` has, in that order.
Tensor in_order(const Tensor& x, const std::vector<std::size_t>& order) {
  Tensor y(x.type(), x.shape());
  const std::size_t part = x.bytes() / order.size();
  for (std::size_t i = 0; i < order.size(); ++i) std::memcpy(static_cast<char*>(y.data()) + i * part, static_cast<const char*>(x.data()) + order[i] * part, part);
  return y;
}

Tensor in_shape(const Tensor& x, Shape shape) {
  Tensor y(x.type(), std::move(shape));
  std::memcpy(y.data(), x.data(), x.bytes());
  return y;
}

// Row `row` of a matrix.
Tensor row_of(const Tensor& x, std::int64_t row) {
  Tensor y(x.type(), Shape(x.shape().begin() + 1, x.shape().end()));
  std::memcpy(y.data(), static_cast<const char*>(x.data()) + static_cast<std::size_t>(row) * y.bytes(), y.bytes());
  return y;
}

Tensor zeros_like(const Tensor& x) {
  Tensor y(x.type(), x.shape());
  std::memset(y.data(), 0, y.bytes());
  return y;
}

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
