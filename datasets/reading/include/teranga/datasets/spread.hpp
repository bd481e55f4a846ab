// SPDX-License-Identifier: Apache-2.0
// Mean, deviation and range of numbers, and the scale that they give to a column. The one place where a column counts as constant.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

namespace teranga::datasets {

enum class Normalize { none, standard, minmax };

inline Normalize normalize_of(std::string_view option) { return option == "standard" ? Normalize::standard : option == "minmax" ? Normalize::minmax : Normalize::none; }

struct Spread {
  std::int64_t count = 0;
  double mean = 0, deviation = 0;  // of the population
  double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity();
};

// A number x becomes (x - offset) * factor.
struct Scale {
  double offset = 0, factor = 1;
};

// each(take) calls take(x) for every number, and is called three times. The mean is corrected by the mean of what is left of it, so its error is
// that of one number and not of a long sum; a deviation below ten of these errors is rounding, and counts as 0.
template <class Each>
Spread spread_of(const Each& each) {
  Spread spread;
  double sum = 0;
  each([&](double x) {
    sum += x, ++spread.count;
    spread.least = std::min(spread.least, x), spread.most = std::max(spread.most, x);
  });
  if (spread.count == 0) return spread;
  const auto n = static_cast<double>(spread.count);
  spread.mean = sum / n;
  sum = 0;
  each([&](double x) { sum += x - spread.mean; });
  spread.mean = std::clamp(spread.mean + sum / n, spread.least, spread.most);
  double squares = 0;
  each([&](double x) { squares += (x - spread.mean) * (x - spread.mean); });
  const double rounding = 10 * std::numeric_limits<double>::epsilon() * std::max(std::abs(spread.least), std::abs(spread.most));
  spread.deviation = std::sqrt(squares / n);
  if (spread.deviation <= rounding) spread.deviation = 0;
  if (spread.most - spread.least <= rounding) spread.deviation = 0, spread.most = spread.least;
  return spread;
}

// standard: mean 0 and deviation 1; minmax: 0 to 1. A constant column becomes 0, and what is not that constant keeps its distance from it.
inline Scale scale_of(const Spread& spread, Normalize normalize) {
  if (normalize == Normalize::standard) return {spread.mean, spread.deviation > 0 ? 1 / spread.deviation : 1};
  if (normalize == Normalize::minmax) return {spread.least, spread.most > spread.least ? 1 / (spread.most - spread.least) : 1};
  return {};
}

}  // namespace teranga::datasets
