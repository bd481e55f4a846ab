// SPDX-License-Identifier: Apache-2.0
// The weights and states of a checkpoint as named arrays, for programs that know neither Keras nor Teranga.
#pragma once

#include <cstddef>
#include <string>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::exchange {

enum class TensorFormat { npz, safetensors };

// keras: names, order and axes of Keras ("conv2d/kernel", [height, width, in, out]). pytorch: those of torch.nn ("conv2d.weight", [out, in, height, width]).
enum class TensorLayout { keras, pytorch };

// Gives the number of arrays. Throws Error(usage) naming all layers that have no counterpart in that layout, and Error(failure).
std::size_t export_tensors(const recipe::Recipe& recipe, const checkpoint::Snapshot& snapshot, TensorFormat format, TensorLayout layout, const std::string& output);

}  // namespace teranga::exchange
