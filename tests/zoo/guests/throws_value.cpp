// SPDX-License-Identifier: Apache-2.0
// Its value throws.
#include "right.hpp"

struct Guest : zoo::Metric {
  using zoo::Metric::Metric;
  double value(const double* sums, int plan) const {
    if (zoo::now()) throw std::runtime_error("value has failed");
    return zoo::Metric::value(sums, plan);
  }
};

TERANGA_PLUGIN(sdk::metric<Guest>())
