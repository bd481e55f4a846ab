// SPDX-License-Identifier: Apache-2.0
// It says that all ranks make the same state, but its sums are those of each rank.
#include "right_state.hpp"

struct Guest : zoo::Centred {
  explicit Guest(const sdk::Options& options) : zoo::Centred(options) { synchronised = false; }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
