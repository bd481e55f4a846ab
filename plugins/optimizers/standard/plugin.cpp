// SPDX-License-Identifier: Apache-2.0
// The library of the optimizers that come with Teranga, under their Keras names.
#include "sgd.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::optimizers;

TERANGA_PLUGIN(sdk::optimizer<Sgd>())
