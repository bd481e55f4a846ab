// SPDX-License-Identifier: Apache-2.0
// Its update throws a number.
#include "right.hpp"

struct Guest : zoo::Metric {
  using zoo::Metric::Metric;
  void update(const sdk::MetricSlice& s, int plan) const {
    zoo::Metric::update(s, plan);
    if (zoo::now()) throw 7;
  }
};

TERANGA_PLUGIN(sdk::metric<Guest>())
