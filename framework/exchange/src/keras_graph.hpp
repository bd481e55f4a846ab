// SPDX-License-Identifier: Apache-2.0
// The calls of layers that a model of Keras is made of, one after another: models within models are opened, a layer that is called several times has several
// calls, and what leads to no output is left out. What a layer means is for others to say.
#pragma once

#include <list>
#include <string>
#include <vector>

#include "keras_file.hpp"

namespace teranga::exchange {

struct KerasTensor {
  int call = -1;  // index into the calls
  int port = 0;   // which of its outputs
};

struct KerasCall {
  const Json* layer = nullptr;  // { class_name, config, ... }
  std::string where;            // "encoder/dense_1": its name in the model, for messages
  std::string name;             // its name in the recipe
  std::string group;            // of its weights in the file: "layers/dense_1"; empty: it can have none
  int first = -1;               // the earlier call of the same layer, if there is one
  bool trainable = true;        // as the layer and the models around it say
  std::vector<KerasTensor> inputs;
  std::vector<KerasTensor> masks;  // that are handed over by name
  Json arguments = Json::object(); // that are no tensors, by name; those without a name are under their number
  std::size_t rank = 0;            // of its first input, the axis of samples counted; 0: it is not told
};

struct KerasGraph {
  std::list<Json> made;          // layers that the file leaves out; calls point to them
  std::vector<KerasCall> calls;  // each behind those that it takes from
  std::vector<bool> used;        // whether a call leads to an output; masks are told anew by the layers that make them, and count as no way
  std::vector<KerasTensor> outputs;
  std::vector<std::string> output_names;  // by which Keras calls them: the layers', or the keys of a dictionary

  const KerasCall& call(const KerasTensor& tensor) const { return calls[static_cast<std::size_t>(tensor.call)]; }
};

// Of a Sequential or functional model. Throws Error(data) for any other, and for what makes no sense.
KerasGraph graph_of(const KerasFile& file);

std::string class_of(const Json& layer);
// As Keras names groups of weights: "MultiHeadAttention" -> "multi_head_attention", "Conv2D" -> "conv2d".
std::string snake_case(const std::string& name);

}  // namespace teranga::exchange
