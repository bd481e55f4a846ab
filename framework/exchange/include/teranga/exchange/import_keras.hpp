// SPDX-License-Identifier: Apache-2.0
// A whole model that Keras saved (`.keras`, or the older `.h5`) becomes a recipe and a checkpoint of step 0 with its weights. No code in it is run. Layers without a
// counterpart are named all at once, and then nothing is written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/host/registry.hpp>

namespace teranga::exchange {

struct ImportOptions {
  std::string model;    // the file
  std::string recipe;   // to be written; an existing file is never replaced
  std::string weights;  // likewise: the checkpoint
};

struct Imported {
  std::size_t layers = 0;
  std::int64_t parameters = 0;     // numbers
  std::vector<std::string> notes;  // sentences: what was replaced or left out
  std::vector<std::string> inputs;  // names of the arrays that the recipe expects for a sample, where there are several or the data are not random numbers
  bool random_data = false;        // the recipe's data are random numbers, so that it can be trained at once
  bool takes_arrays = false;       // predict can take one array
};

// Throws Error(data) where the model has no counterpart or is damaged, Error(usage) where a file is in the way.
Imported import_keras(const ImportOptions& options, const host::Registry& registry);

}  // namespace teranga::exchange
