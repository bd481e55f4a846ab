// SPDX-License-Identifier: Apache-2.0
// The library of pooling, padding and upsampling layers.
#include "average_pooling.hpp"
#include "extremum_pooling.hpp"
#include "global_pooling.hpp"
#include "upsampling.hpp"
#include "zero_padding.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::pooling;

TERANGA_PLUGIN(sdk::layer<ExtremumLayer<Extremum::largest, 1>>(), sdk::layer<ExtremumLayer<Extremum::largest, 2>>(),
               sdk::layer<ExtremumLayer<Extremum::smallest, 1>>(), sdk::layer<ExtremumLayer<Extremum::smallest, 2>>(), sdk::layer<AverageLayer<1>>(),
               sdk::layer<AverageLayer<2>>(), sdk::layer<GlobalLayer<Over::maximum, 1>>(), sdk::layer<GlobalLayer<Over::maximum, 2>>(),
               sdk::layer<GlobalLayer<Over::average, 1>>(), sdk::layer<GlobalLayer<Over::average, 2>>(), sdk::layer<ZeroPadding1d>(),
               sdk::layer<ZeroPadding2d>(), sdk::layer<Upsampling1d>(), sdk::layer<Upsampling2d>())
