// SPDX-License-Identifier: Apache-2.0
// The library of recurrent layers and of what prepares their sequences.
#include "gru.hpp"
#include "lstm.hpp"
#include "masking.hpp"
#include "repeat_vector.hpp"
#include "simple_rnn.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::layers;

TERANGA_PLUGIN(sdk::layer<Recurrent<SimpleRnnCell>>(), sdk::layer<Recurrent<LstmCell>>(), sdk::layer<Recurrent<GruCell>>(), sdk::layer<RepeatVector>(),
               sdk::layer<Masking>())
