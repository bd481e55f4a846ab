// SPDX-License-Identifier: Apache-2.0
// Pictures that a network of a checkpoint makes: of noise (the generator of a GAN, the decoder of a variational autoencoder), or of the data's own
// pictures (an autoencoder). And what becomes of one where single numbers inside of the network are changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <teranga/tensor/tensor.hpp>
#include <teranga/train/trust.hpp>

namespace teranga::train {

struct PictureOptions {
  std::string checkpoint;              // a file, or a folder: its newest intact one
  std::vector<std::string> overrides;  // of --set, on the recipe that the checkpoint holds
  Trust trust = Trust::own_plugins;    // of --trust
  std::string network;                 // empty: the only one, or the only one that makes all of noise
  std::string layer;                   // the outputs of this layer instead of the network's
  std::int64_t count = 100;
  std::int64_t seed = 0;               // of the noise: a picture depends on it, on its number and on nothing that is the machine's
  int threads = 0;                     // 0: all cores it may use
};

struct Pictures {
  Tensor made;                 // f32 [count, height, width, channels], as the network makes them
  std::optional<Tensor> from;  // what each was made of, where that is a picture of the same shape
};

// One process: no group. Throws Error(usage) for a network that makes no pictures.
Pictures make_pictures(const PictureOptions& options);

struct VariationOptions {
  std::string layer;          // whose numbers are changed, one at a time
  double range = 0.25;        // by -range to range
  std::int64_t changes = 11;  // of each number
};

struct Variations {
  Tensor made;                       // f32 [rows x changes, height, width, channels]
  std::vector<std::int64_t> samples;  // of each row: the sample
  std::vector<std::int64_t> numbers;  // and the number of the layer's output that it changes, counted from 0
};

// Of the first samples, a row for each number of the layer's output that is not 0.
Variations make_variations(const PictureOptions& options, const VariationOptions& varied);

}  // namespace teranga::train
