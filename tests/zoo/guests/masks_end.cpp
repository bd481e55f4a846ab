// SPDX-License-Identifier: Apache-2.0
// It has the steps of its input, and does not pass the mask on.
#include "right_state.hpp"

struct Guest : zoo::Centred {
  explicit Guest(const sdk::Options& options) : zoo::Centred(options) { flags = 0; }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
