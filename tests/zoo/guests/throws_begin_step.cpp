// SPDX-License-Identifier: Apache-2.0
// Its begin_step throws.
#include "right.hpp"

struct Guest : zoo::Optimizer {
  using zoo::Optimizer::Optimizer;
  void begin_step(std::int64_t, double, double*) const {
    if (zoo::now()) throw std::runtime_error("begin_step has failed");
  }
};

TERANGA_PLUGIN(sdk::optimizer<Guest>())
