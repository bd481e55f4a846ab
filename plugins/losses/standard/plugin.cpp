// SPDX-License-Identifier: Apache-2.0
// The library of the losses that come with Teranga, under their Keras names.
#include "sparse_categorical_crossentropy.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::losses;

TERANGA_PLUGIN(sdk::loss<SparseCategoricalCrossentropy>())
