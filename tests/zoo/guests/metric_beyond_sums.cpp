// SPDX-License-Identifier: Apache-2.0
// It adds to a sum that it did not ask for.
#include "right.hpp"

struct Guest : zoo::Metric {
  using zoo::Metric::Metric;
  void update(const sdk::MetricSlice& s, int plan) const {
    zoo::Metric::update(s, plan);
    s.sums()[2] += 1;
  }
};

TERANGA_PLUGIN(sdk::metric<Guest>())
