// SPDX-License-Identifier: Apache-2.0
// The library of normalisations.
#include "batch_normalization.hpp"
#include "layer_normalization.hpp"
#include "local_response_normalization.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::layers;

TERANGA_PLUGIN(sdk::layer<BatchNormalization>(), sdk::layer<LayerNormalization>(), sdk::layer<LocalResponseNormalization>())
