// SPDX-License-Identifier: Apache-2.0
// Attention of several heads, in the operators that it is made of.
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "onnx_layers.hpp"
#include "turned_tensor.hpp"

namespace teranga::exchange {
namespace {

class Attention {
 public:
  Attention(OnnxLayers& layers, const OnnxLayer& layer)
      : layers_(layers), b_(layers.builder), layer_(layer), heads_(layer.options.integer("num_heads")), key_dim_(layer.options.integer("key_dim")), value_dim_(layer.options.integer("value_dim") > 0 ? layer.options.integer("value_dim") : key_dim_),
        query_(layer.inputs.at(0)), value_(layer.inputs.size() > 1 ? layer.inputs[1] : query_), key_(layer.inputs.size() > 2 ? layer.inputs[2] : value_) {}

  OnnxValue make() {
    for (const OnnxValue* x : {&query_, &value_, &key_})
      if (x->mask && x->mask.shape.size() != 1) throw NoOnnxForm{"the mask of an input is not that of the steps of a sequence"};
    const std::string q = heads("query", query_, key_dim_, {0, 2, 1, 3}), k = heads("key", key_, key_dim_, {0, 2, 3, 1}), v = heads("value", value_, value_dim_, {0, 2, 1, 3});
    const std::string scores = b_.node("Mul", {b_.node("MatMul", {q, k}), b_.number(1 / std::sqrt(static_cast<double>(key_dim_)))});
    const std::string weights = weights_of(scores, seen(scores));
    const std::string joined = b_.node("Reshape", {b_.transposed(b_.node("MatMul", {weights, v}), {0, 2, 1, 3}), b_.integers({0, 0, heads_ * value_dim_})});
    const std::int64_t width = layer_.options.integer("output_shape") > 0 ? layer_.options.integer("output_shape") : query_.shape.back();
    OnnxValue y{projected("attention_output", joined, heads_ * value_dim_, width), query_.shape};
    y.shape.back() = width;
    pass_mask(query_, y);
    return y;
  }

 private:
  // x kernel + bias, with kernel and bias as a matrix and a list.
  std::string projected(const std::string& part, const std::string& x, std::int64_t in, std::int64_t out) {
    const auto flat = [](Shape shape) { return [shape](const Tensor& from) { return in_shape(from, shape); }; };
    const std::string made = b_.node("MatMul", {x, layers_.weight(layer_, part + "/kernel", "matrix", flat({in, out}))});
    return layer_.options.boolean("use_bias") ? b_.node("Add", {made, layers_.weight(layer_, part + "/bias", "list", flat({out}))}) : made;
  }

  // [samples, steps, features] -> [samples, steps, heads, width], with its axes in that order.
  std::string heads(const std::string& part, const OnnxValue& x, std::int64_t width, const std::vector<std::int64_t>& axes) {
    const std::string made = projected(part, b_.channels_last(x), known(x.shape.back()), heads_ * width);
    return b_.transposed(b_.node("Reshape", {made, b_.integers({0, 0, heads_, width})}), axes);
  }

  // What the queries of a sample may look at, over [samples, heads, queries, keys]; "": everything.
  std::string seen(const std::string& scores) {
    std::string out;
    const auto add = [&](const std::string& one) { out = out.empty() ? one : b_.node("And", {out, one}); };
    const auto across = [&](const OnnxMask& mask, const std::vector<std::int64_t>& axes) { return b_.node("Unsqueeze", {mask.name, b_.integers(axes)}); };
    if (value_.mask) add(across(value_.mask, {1, 2}));
    if (key_.mask && key_.mask.name != value_.mask.name) add(across(key_.mask, {1, 2}));
    if (query_.mask) add(across(query_.mask, {1, 3}));
    if (layer_.options.boolean("use_causal_mask")) {
      Tensor first(ElementType::i64, {}), next(ElementType::i64, {});
      next.as<std::int64_t>()[0] = 1;
      const auto positions = [&](std::int64_t axis) {
        const std::string count = b_.node("Squeeze", {b_.node("Shape", {scores}, {{"start", axis}, {"end", axis + 1}}), b_.integers({0})});
        return b_.node("Range", {b_.constant(OnnxType::i64, first), count, b_.constant(OnnxType::i64, next)});
      };
      add(b_.node("LessOrEqual", {positions(3), b_.node("Unsqueeze", {positions(2), b_.integers({1})})}));
    }
    return out;
  }

  // A query that sees no key has weights of 0.
  std::string weights_of(const std::string& scores, const std::string& seen) {
    const auto softmax = [&](const std::string& x) { return b_.node("Softmax", {x}, {{"axis", std::int64_t{-1}}}); };
    if (seen.empty()) return softmax(scores);
    constexpr double unseen = -1e30;
    return b_.node("Where", {seen, softmax(b_.node("Where", {seen, scores, b_.number(unseen)})), b_.number(0)});
  }

  OnnxLayers& layers_;
  OnnxBuilder& b_;
  const OnnxLayer& layer_;
  std::int64_t heads_, key_dim_, value_dim_;
  OnnxValue query_, value_, key_;
};

}  // namespace

OnnxOutputs onnx_attention(OnnxLayers& layers, const OnnxLayer& layer) { return Attention(layers, layer).make(); }

}  // namespace teranga::exchange
