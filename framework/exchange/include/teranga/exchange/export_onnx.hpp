// SPDX-License-Identifier: Apache-2.0
// The network of a checkpoint as a model of ONNX, which ONNX Runtime and others run: opset 17, with the inputs, the layout and the outputs of the network.
#pragma once

#include <cstddef>
#include <string>

#include <teranga/train/restored.hpp>

namespace teranga::exchange {

// `recipe` is that of the one network. Gives the number of layers. Throws Error(usage) naming all layers that ONNX has no form for, and Error(failure).
std::size_t export_onnx(const train::Restored& restored, const recipe::Recipe& recipe, const std::string& output);

}  // namespace teranga::exchange
