// SPDX-License-Identifier: Apache-2.0
// The library of what reads texts from the outputs of nets that are trained by CTC.
#include "ctc_decode.hpp"

namespace layers = teranga::layers;
namespace sdk = teranga::sdk;

TERANGA_PLUGIN(sdk::layer<layers::CtcDecode>())
