// SPDX-License-Identifier: Apache-2.0
// The library of attention layers.
#include "multi_head_attention.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::layers;

TERANGA_PLUGIN(sdk::layer<MultiHeadAttention>())
