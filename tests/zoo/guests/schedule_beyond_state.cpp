// SPDX-License-Identifier: Apache-2.0
// It writes a number of state that it did not ask for.
#include "right.hpp"

struct Guest : zoo::Schedule {
  using zoo::Schedule::Schedule;
  std::int64_t state_count() const { return 1; }
  void epoch_end(std::int64_t epoch, sdk::Measures, double* state) const { state[0] = state[1] = static_cast<double>(epoch); }
};

TERANGA_PLUGIN(sdk::schedule<Guest>())
