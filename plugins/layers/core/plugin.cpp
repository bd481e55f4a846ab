// SPDX-License-Identifier: Apache-2.0
// The library of core, reshaping and noise layers.
#include "bias.hpp"
#include "dense.hpp"
#include "dropout.hpp"
#include "permute.hpp"
#include "rescaling.hpp"
#include "reshape.hpp"
#include "sampling.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::layers;

TERANGA_PLUGIN(sdk::layer<Dense>(), sdk::layer<Flatten>(), sdk::layer<Reshape>(), sdk::layer<Permute>(), sdk::layer<Rescaling>(), sdk::layer<Dropout>(),
               sdk::layer<GaussianDropout>(), sdk::layer<GaussianNoise>(), sdk::layer<Sampling>(), sdk::layer<Bias>())
