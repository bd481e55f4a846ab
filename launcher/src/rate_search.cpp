// SPDX-License-Identifier: Apache-2.0
#include "rate_search.hpp"

#include <algorithm>
#include <cmath>

namespace teranga::launcher {
namespace {

constexpr double kept = 0.9, too_large = 4;

}  // namespace

RateSearch search_rates(const std::vector<double>& rates, const std::vector<double>& losses) {
  RateSearch out;
  double sum = 0, weight = 0, least = HUGE_VAL;
  for (std::size_t i = 0; i < losses.size() && std::isfinite(losses[i]); ++i) {
    sum = kept * sum + losses[i];
    weight = kept * weight + 1;
    const double smooth = sum / weight;
    if (smooth > too_large * std::abs(least) && i > 0) break;
    if (smooth < least) least = smooth, out.least = rates[i];
    out.points.push_back({rates[i], losses[i], smooth});
  }
  double steepest = 0;
  for (std::size_t i = 1; i + 1 < out.points.size(); ++i) {
    const RateLoss &before = out.points[i - 1], &behind = out.points[i + 1];
    const double slope = (behind.smooth - before.smooth) / std::log(behind.rate / before.rate);
    if (slope < steepest) steepest = slope, out.steepest = out.points[i].rate;
  }
  return out;
}

}  // namespace teranga::launcher
