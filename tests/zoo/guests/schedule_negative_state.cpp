// SPDX-License-Identifier: Apache-2.0
// It has less than no state.
#include "right.hpp"

struct Guest : zoo::Schedule {
  using zoo::Schedule::Schedule;
  std::int64_t state_count() const { return -7; }
};

TERANGA_PLUGIN(sdk::schedule<Guest>())
