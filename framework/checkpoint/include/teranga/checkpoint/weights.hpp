// SPDX-License-Identifier: Apache-2.0
// Weights alone: from a checkpoint or from what Keras saved, and to a Keras 3 `.weights.h5`. Which tensor belongs to which layer of
// a model is for the caller to say.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <teranga/tensor/tensor.hpp>

namespace teranga::checkpoint {

// `keras`: groups of variables by number, as Keras 3 and the tf.keras of TensorFlow 2.12 to 2.15 write them; `keras_by_name`: as versions before, and whole
// models in an `.h5` file.
enum class WeightsFormat { teranga, keras, keras_by_name };

struct Weights {
  WeightsFormat format = WeightsFormat::teranga;
  // Of a checkpoint: parameters, then states, by name. Of Keras: "conv2d/vars/0", "lstm/cell/vars/2": groups are named after the layer's
  // class and numbered by its place among those of its class ("dense", "dense_1"); groups come in natural order, variables by number. Layers of an inner
  // model lie in a group "layers" of it: "sequential/layers/dense/vars/0". By name: "hidden/kernel", "encoder/hidden/kernel" in an inner model.
  std::vector<NamedTensor> tensors;
  // Of Keras: group -> the layer's own name, where the file tells it. (Groups of a model that is no chain are in Keras's order, not in
  // that of the layers' making.)
  std::map<std::string, std::string> layer_names = {};
};

Weights read_weights_file(const std::string& path);  // throws Error(data)
// The weights of a Keras model, from an open file; none where the model has none. `who` names it in messages. Throws Error(data).
Weights read_keras_weights(int descriptor, const std::string& who);

// A whole model in Keras's older format, HDF5 with the JSON texts of its configuration as attributes.
struct KerasModelFile {
  std::string config, training, version;  // empty: there is no such text; without a configuration the file is no model, and no weights are read
  Weights weights;
};
KerasModelFile read_keras_model_file(const std::string& path);  // throws Error(data)

inline std::vector<NamedTensor> read_weights(const std::string& path) { return read_weights_file(path).tensors; }

// One group of variables. `group` is Keras's: "dense_1", "lstm/cell". Tensors in the order of the layer's `weights`. `layer` is the name of the
// whole layer, which stands beside the outermost group.
struct KerasLayer {
  std::string group;
  std::vector<Tensor> tensors;
  std::string layer = {};
};

// What keras.Model.load_weights reads. Published whole or not at all; an existing file is replaced. Throws Error(failure).
void write_keras_weights(const std::string& path, const std::vector<KerasLayer>& layers);
// The same bytes in memory.
std::vector<std::byte> keras_weights_image(const std::vector<KerasLayer>& layers);

}  // namespace teranga::checkpoint
