// SPDX-License-Identifier: Apache-2.0
// Its rate falls with each time that it is asked.
#include "right.hpp"

static std::atomic<int> asked{0};

struct Guest : zoo::Schedule {
  using zoo::Schedule::Schedule;
  double rate(std::int64_t, std::int64_t, const double*) const { return 0.01 / (1 + ++asked); }
};

TERANGA_PLUGIN(sdk::schedule<Guest>())
