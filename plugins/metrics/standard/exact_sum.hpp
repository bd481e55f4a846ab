// SPDX-License-Identifier: Apache-2.0
// Sums of doubles without rounding, for differences of large sums. A sum is ten numbers, each a multiple of its own unit (2^-120, 2^-96, ... 2^96): a summand is
// cut into such multiples, and 2^29 summands add up before one of the numbers is rounded. So slices and ranks may be added in any cut, number by
// number. What is smaller than all units goes into the smallest as it is, what is larger into the largest.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace teranga::metrics {

class ExactSum {
 public:
  static constexpr std::size_t length = 10;  // doubles
  explicit ExactSum(double* numbers) : numbers_(numbers) {}

  void add(double x) {
    while (x != 0 && std::isfinite(x)) {
      const std::size_t at = place(x);
      const double unit = unit_of(at), whole = at == 0 ? x : std::trunc(x / unit) * unit;
      numbers_[at] += whole;
      x -= whole;
    }
    if (x != 0) numbers_[length - 1] += x;  // not finite
  }
  // a * b, with what a product loses by rounding.
  void add_product(double a, double b) {
    const double product = a * b;
    add(product);
    add(std::fma(a, b, -product));
  }

 private:
  static constexpr int width = 24, least = -120;  // binary digits
  static double unit_of(std::size_t at) { return std::ldexp(1.0, least + width * static_cast<int>(at)); }
  static std::size_t place(double x) { return static_cast<std::size_t>(std::clamp((std::ilogb(x) - least) / width, 0, static_cast<int>(length) - 1)); }

  double* numbers_;
};

// From the largest down.
inline double value_of_sum(const double* numbers) {
  double sum = 0;
  for (std::size_t at = ExactSum::length; at-- > 0;) sum += numbers[at];
  return sum;
}

// Exact sums of weights, of weighted values and of weighted squares -> sum w (t - mean)^2.
inline double spread_of_sums(const double* weights, const double* values, const double* squares) {
  const double weight = value_of_sum(weights);
  if (!(weight > 0)) return 0;
  const double mean = value_of_sum(values) / weight, square = mean * mean, square_rest = std::fma(mean, mean, -square);
  std::array<double, ExactSum::length> about{}, rest{};  // sum w (t - m)^2 and sum w (t - m) for the m at hand
  ExactSum spread(about.data()), distance(rest.data());
  for (std::size_t at = 0; at < ExactSum::length; ++at) {
    spread.add(squares[at]);
    spread.add_product(-2 * mean, values[at]);
    spread.add_product(square, weights[at]);
    spread.add_product(square_rest, weights[at]);
    distance.add(values[at]);
    distance.add_product(-mean, weights[at]);
  }
  const double off = value_of_sum(rest.data()), found = value_of_sum(about.data()) - off * off / weight;
  constexpr double noise = 0x1p-100;  // of the squares: what the mean's own rounding leaves where all values are equal
  return found > noise * value_of_sum(squares) ? found : 0;
}

}  // namespace teranga::metrics
