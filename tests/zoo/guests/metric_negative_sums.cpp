// SPDX-License-Identifier: Apache-2.0
// It wants less than no sums.
#include "right.hpp"

struct Guest : zoo::Metric {
  using zoo::Metric::Metric;
  int plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const {
    zoo::Metric::plan(c, answer);
    answer.sum_count = -2;
    return 0;
  }
};

TERANGA_PLUGIN(sdk::metric<Guest>())
