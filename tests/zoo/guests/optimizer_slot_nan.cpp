// SPDX-License-Identifier: Apache-2.0
// Its slot begins with a number that is none.
#include "right.hpp"

struct Guest : zoo::Optimizer {
  using zoo::Optimizer::Optimizer;
  std::vector<double> slot_initial() const { return {std::numeric_limits<double>::quiet_NaN()}; }
};

TERANGA_PLUGIN(sdk::optimizer<Guest>())
