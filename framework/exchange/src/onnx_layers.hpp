// SPDX-License-Identifier: Apache-2.0
// What a layer is in operators of ONNX: a function for each type. All of them compute what Teranga computes in inference.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/model/catalogue.hpp>

#include "onnx_builder.hpp"

namespace teranga::exchange {

// The options of a layer or of a part of one; those that are not given have their defaults.
class OnnxOptions {
 public:
  OnnxOptions(const model::PluginCatalogue& catalogue, const std::string& kind, const std::string& type, Options given) : schema_(catalogue.find(kind, type)), given_(std::move(given)) {}

  const Value* find(std::string_view name) const;  // null: there is none
  std::int64_t integer(std::string_view name) const { return find(name)->as<std::int64_t>(); }
  bool boolean(std::string_view name) const { return find(name)->as<bool>(); }
  const std::string& text(std::string_view name) const { return find(name)->as<std::string>(); }
  double real(std::string_view name) const;
  std::vector<std::int64_t> integers(std::string_view name, std::size_t count = 0) const;  // count: one number stands for so many
  Value::Component component(std::string_view name) const;
  void set(const std::string& name, Value value);

 private:
  const Schema* schema_;
  Options given_;
};

struct OnnxLayer {
  std::string type;     // as in the recipe: "teranga.dense"
  std::string name;     // after which nodes are named
  std::string weights;  // before the names of its weights in the checkpoint: "dense"
  std::string states;   // and of its states
  OnnxOptions options;
  std::vector<OnnxValue> inputs;

  std::string kind() const;  // "dense"
};

struct OnnxOutput {
  std::string port;  // "": the first
  OnnxValue value;
};
struct OnnxOutputs : std::vector<OnnxOutput> {
  using vector::vector;
  OnnxOutputs(OnnxValue value) : vector{{"", std::move(value)}} {}
};

class OnnxLayers {
 public:
  OnnxLayers(const model::PluginCatalogue& catalogue, const checkpoint::Snapshot& snapshot, OnnxBuilder& target) : builder(target), catalogue_(catalogue), snapshot_(snapshot) {}

  // Throws NoOnnxForm and OpenExtent.
  OnnxOutputs layer(const OnnxLayer& layer);
  // A layer within another one, with the name of the part.
  OnnxOutputs part(const OnnxLayer& whole, const std::string& name, const Value::Component& component, std::vector<OnnxValue> inputs, const Options& changed = {});
  OnnxValue activation(const Value::Component& function, const OnnxValue& x);
  // "tanh"; "": one of a plugin that is not Teranga's.
  std::string kind_of_activation(const Value::Component& function) const;
  OnnxOptions options(const std::string& kind, const Value::Component& component) const { return {catalogue_, kind, component.type, component.options}; }

  // The name in the graph of a weight or state as the checkpoint has it, or of what `make` makes of it; `form` tells apart what is made of one weight.
  std::string weight(const OnnxLayer& layer, const std::string& name);
  std::string weight(const OnnxLayer& layer, const std::string& name, const std::string& form, const std::function<Tensor(const Tensor&)>& make);

  OnnxBuilder& builder;

 private:
  const NamedTensor& array(const OnnxLayer& layer, const std::string& name) const;

  const model::PluginCatalogue& catalogue_;
  const checkpoint::Snapshot& snapshot_;
};

// The mask of x goes on to y where y has the same steps.
void pass_mask(const OnnxValue& x, OnnxValue& y);
// Another value of the same shape, layout and mask.
OnnxValue in_place_of(const OnnxValue& x, std::string name);
// The mask with axes of extent 1 behind its own, so that it has `rank` of them behind the samples.
std::string mask_over(OnnxBuilder& builder, const OnnxMask& mask, std::size_t rank);
// Throws OpenExtent where the shapes differ: the network has found them equal, so that one of them is open.
void expect_equal(const Shape& a, const Shape& b);

using OnnxTranslation = OnnxOutputs (*)(OnnxLayers&, const OnnxLayer&);

OnnxOutputs onnx_dense(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_tied_dense(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_bias(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_segment_embedding(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_gather_steps(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_pick_step(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_embedding(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_masking(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_position_embedding(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_sine_position_encoding(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_batch_normalization(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_layer_normalization(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_rescaling(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_activation_layer(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_nothing(OnnxLayers&, const OnnxLayer&);  // what only training does
OnnxOutputs onnx_flatten(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_reshape(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_permute(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_repeat_vector(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_reverse_time(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_upsampling(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_zero_padding(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_convolution(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_conv2d_transpose(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_pooling(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_global_pooling(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_merge(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_concatenate(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_attention(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_recurrent(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_bidirectional(OnnxLayers&, const OnnxLayer&);
OnnxOutputs onnx_time_distributed(OnnxLayers&, const OnnxLayer&);

}  // namespace teranga::exchange
