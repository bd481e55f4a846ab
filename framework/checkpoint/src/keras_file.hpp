// SPDX-License-Identifier: Apache-2.0
// The tensors of the HDF5 files that Keras writes, of all its versions: which tensor belongs to which layer of a network is for others to say.
#pragma once

#include <string>

#include "teranga/checkpoint/weights.hpp"

namespace teranga::checkpoint {

// Throws Error(data), also for files of other programs, which are told for what they are.
Weights read_keras_file(const std::string& path);

}  // namespace teranga::checkpoint
