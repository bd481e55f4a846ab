// SPDX-License-Identifier: Apache-2.0
// What the network of a checkpoint says about new samples: from a file of arrays or a table to a file of outputs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/tensor/tensor.hpp>

namespace teranga::train {

struct PredictOptions {
  std::string checkpoint;              // a file, or a folder: its newest intact one
  std::string network;                 // of a recipe of several
  std::string input;                   // .npy, .csv or .h5
  std::string output;                  // .npy, .csv or .h5
  std::vector<std::string> overrides;  // of --set, on the recipe that the checkpoint holds
  bool classes = false;                // write the class of each sample instead of the outputs
  int threads = 0;                     // 0: all cores it may use
};

struct Prediction {
  std::int64_t samples = 0;
  Shape shape;  // of what was written, samples first
};

// One process: no group. Throws Error(data) for an input that does not fit the network.
Prediction predict(const PredictOptions& options);

// An array as an .npy file, published whole or not at all.
void write_array(const std::string& path, const Tensor& values);

}  // namespace teranga::train
