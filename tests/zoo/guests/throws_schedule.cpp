// SPDX-License-Identifier: Apache-2.0
// Its rate throws.
#include "right.hpp"

struct Guest : zoo::Schedule {
  using zoo::Schedule::Schedule;
  double rate(std::int64_t step, std::int64_t epoch, const double* state) const {
    if (zoo::now()) throw std::runtime_error("rate has failed");
    return zoo::Schedule::rate(step, epoch, state);
  }
};

TERANGA_PLUGIN(sdk::schedule<Guest>())
