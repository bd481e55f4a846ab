// SPDX-License-Identifier: Apache-2.0
// At step 0 it divides by 0.
#include "right.hpp"

struct Guest : zoo::Schedule {
  using zoo::Schedule::Schedule;
  double rate(std::int64_t step, std::int64_t, const double*) const { return 0.01 / static_cast<double>(step); }
};

TERANGA_PLUGIN(sdk::schedule<Guest>())
