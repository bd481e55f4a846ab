// SPDX-License-Identifier: Apache-2.0
// What the network of a checkpoint says about new samples: from files, texts or arrays to a file of outputs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/tensor/tensor.hpp>
#include <teranga/train/trust.hpp>

namespace teranga::train {

struct PredictOptions {
  std::string checkpoint;              // a file, or a folder: its newest intact one
  std::string network;                 // of a recipe of several
  std::string layer;                   // the outputs of this layer instead of the network's
  std::vector<std::string> inputs;     // files or folders that the recipe's data set reads, or arrays; "-": standard input
  std::vector<std::string> texts;      // or samples that are texts
  std::string output;                  // .npy, .csv, .json or .h5; empty: standard output
  std::string format;                  // "npy", "csv", "json", "h5"; empty: by the output's name, csv on standard output
  std::vector<std::string> overrides;  // of --set, on the recipe that the checkpoint holds
  Trust trust = Trust::own_plugins;    // of --trust
  bool classes = false;                // the class of each sample instead of the outputs
  std::int64_t beam = 0;               // of a network that tells texts: a search of that width instead of the likeliest path
  std::int64_t top = 0;                // so many of the likeliest classes of each sample instead of the outputs
  bool errors = false;                 // the loss of each sample, too
  std::vector<std::string> keep;       // columns of the input that stand beside the predictions
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
