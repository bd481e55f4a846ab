// SPDX-License-Identifier: Apache-2.0
// The library of convolution layers.
#include "conv2d_transpose.hpp"
#include "layers.hpp"

namespace sdk = teranga::sdk;
namespace convolution = teranga::convolution;

TERANGA_PLUGIN(sdk::layer<convolution::Conv1d>(), sdk::layer<convolution::Conv2d>(), sdk::layer<convolution::DepthwiseConv2d>(),
               sdk::layer<convolution::Conv2dTranspose>())
