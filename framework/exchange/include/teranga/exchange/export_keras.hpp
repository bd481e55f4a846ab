// SPDX-License-Identifier: Apache-2.0
// The network of a checkpoint as a file that Keras opens: a whole model (`.keras`), or its weights alone (`.weights.h5`).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <teranga/checkpoint/weights.hpp>
#include <teranga/train/restored.hpp>

namespace teranga::exchange {

struct Exported {
  std::size_t layers = 0;
  std::vector<std::string> notes;  // sentences: what was left out
};

// `recipe` is that of the one network. Throws Error(usage) naming all layers that Keras does not have, and Error(failure).
Exported export_keras(const train::Restored& restored, const recipe::Recipe& recipe, const std::string& output);

// The weights in groups as Keras names them for a model of these layers in this order.
std::vector<checkpoint::KerasLayer> keras_weights(const recipe::Recipe& recipe, const checkpoint::Snapshot& snapshot);

}  // namespace teranga::exchange
