// SPDX-License-Identifier: Apache-2.0
// A chart of efficiency over nodes, as SVG: it has a background of its own, and colours for dark pages.
#pragma once

#include <string>
#include <vector>

namespace teranga::launcher {

struct ChartPoint {
  int nodes = 1;
  double efficiency = 1;
};

// The points have ascending numbers of nodes; there is one at least.
std::string efficiency_chart(const std::string& title, const std::string& subtitle, const std::vector<ChartPoint>& points);

}  // namespace teranga::launcher
