// SPDX-License-Identifier: Apache-2.0
// It wants as many sums as no machine has memory for.
#include "right.hpp"

struct Guest : zoo::Metric {
  using zoo::Metric::Metric;
  int plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const {
    zoo::Metric::plan(c, answer);
    answer.sum_count = 1'000'000'000'000;
    return 0;
  }
};

TERANGA_PLUGIN(sdk::metric<Guest>())
