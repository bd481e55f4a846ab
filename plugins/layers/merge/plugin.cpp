// SPDX-License-Identifier: Apache-2.0
// The library of layers that merge several inputs.
#include "concatenate.hpp"
#include "products.hpp"
#include "sums.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::layers;

TERANGA_PLUGIN(sdk::layer<Add>(), sdk::layer<Subtract>(), sdk::layer<Multiply>(), sdk::layer<Average>(), sdk::layer<Extreme<true>>(), sdk::layer<Extreme<false>>(),
               sdk::layer<Concatenate>())
