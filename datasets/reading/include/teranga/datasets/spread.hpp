// SPDX-License-Identifier: Apache-2.0
// Mean, deviation and range of numbers, and the scale that they give to a column. The one place where a column counts as constant.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

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

// each(take) calls take(c, x) for every number x of column c, and is called three times. The mean is corrected by the mean of what is left of it, so its error is
// that of one number and not of a long sum; a deviation below ten of these errors is rounding, and counts as 0.
template <class Each>
std::vector<Spread> spreads_of(std::size_t columns, const Each& each) {
  std::vector<Spread> spreads(columns);
  std::vector<double> sums(columns), squares(columns);
  each([&](std::size_t c, double x) {
    Spread& spread = spreads[c];
    sums[c] += x, ++spread.count;
    spread.least = std::min(spread.least, x), spread.most = std::max(spread.most, x);
  });
  for (std::size_t c = 0; c < columns; ++c) spreads[c].mean = spreads[c].count > 0 ? sums[c] / static_cast<double>(spreads[c].count) : 0;
  std::ranges::fill(sums, 0.0);
  each([&](std::size_t c, double x) { sums[c] += x - spreads[c].mean; });
  for (std::size_t c = 0; c < columns; ++c)
    if (Spread& spread = spreads[c]; spread.count > 0) spread.mean = std::clamp(spread.mean + sums[c] / static_cast<double>(spread.count), spread.least, spread.most);
  each([&](std::size_t c, double x) { squares[c] += (x - spreads[c].mean) * (x - spreads[c].mean); });
  for (std::size_t c = 0; c < columns; ++c) {
    Spread& spread = spreads[c];
    if (spread.count == 0) continue;
    const double rounding = 10 * std::numeric_limits<double>::epsilon() * std::max(std::abs(spread.least), std::abs(spread.most));
    spread.deviation = std::sqrt(squares[c] / static_cast<double>(spread.count));
    if (spread.deviation <= rounding) spread.deviation = 0;
    if (spread.most - spread.least <= rounding) spread.deviation = 0, spread.most = spread.least;
  }
  return spreads;
}

// Of one column: each(take) calls take(x).
template <class Each>
Spread spread_of(const Each& each) {
  return spreads_of(1, [&](auto&& take) { each([&](double x) { take(std::size_t{0}, x); }); })[0];
}

// standard: mean 0 and deviation 1; minmax: 0 to 1. A constant column becomes 0, and what is not that constant keeps its distance from it.
inline Scale scale_of(const Spread& spread, Normalize normalize) {
  if (normalize == Normalize::standard) return {spread.mean, spread.deviation > 0 ? 1 / spread.deviation : 1};
  if (normalize == Normalize::minmax) return {spread.least, spread.most > spread.least ? 1 / (spread.most - spread.least) : 1};
  return {};
}

}  // namespace teranga::datasets
