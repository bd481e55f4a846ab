// SPDX-License-Identifier: Apache-2.0
// A file that Keras saved a whole model in: `.keras`, a zip archive of JSON and HDF5, or the older `.h5`, HDF5 with the JSON in an attribute. Nothing in it is
// executed, and nothing is unpacked under a name that it chooses.
#pragma once

#include <string>

#include <teranga/checkpoint/weights.hpp>

#include "json.hpp"

namespace teranga::exchange {

struct KerasFile {
  std::string path;
  std::string version;  // of Keras, as the file tells it, or empty
  Json model;           // { class_name, config, compile_config, ... }
  Json training;        // compile_config, or training_config of older files; null where the model was not compiled
  checkpoint::Weights weights;
};

// Throws Error(data).
KerasFile read_keras_model(const std::string& path);

}  // namespace teranga::exchange
