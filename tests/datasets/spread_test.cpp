// SPDX-License-Identifier: Apache-2.0
// Mean, deviation and range: against numbers by hand, and where rounding would make a deviation of nothing.
#include <boost/test/unit_test.hpp>

#include <vector>

#include <teranga/datasets/spread.hpp>

namespace {

using namespace teranga::datasets;

Spread spread(const std::vector<double>& values) {
  return spread_of([&](auto&& take) {
    for (const double x : values) take(x);
  });
}

}  // namespace

BOOST_AUTO_TEST_CASE(mean_deviation_and_range_are_those_of_the_numbers) {
  const Spread found = spread({2, 4, 4, 4, 5, 5, 7, 9});
  BOOST_TEST(found.count == 8);
  BOOST_TEST(found.mean == 5);
  BOOST_TEST(found.deviation == 2);
  BOOST_TEST(found.least == 2);
  BOOST_TEST(found.most == 9);
  BOOST_TEST(scale_of(found, Normalize::standard).offset == 5);
  BOOST_TEST(scale_of(found, Normalize::standard).factor == 0.5);
  BOOST_TEST(scale_of(found, Normalize::minmax).offset == 2);
  BOOST_TEST(scale_of(found, Normalize::minmax).factor == 1 / 7.0);
  BOOST_TEST(scale_of(found, Normalize::none).factor == 1);
}

BOOST_AUTO_TEST_CASE(a_constant_has_no_deviation_whatever_its_sum_rounds_to) {
  for (const double x : {0.1, 98.6, 14.62, -1e-7, 1e30, 5e-320})
    for (const std::size_t n : {3u, 7u, 1000u, 100003u}) {
      const Spread found = spread(std::vector<double>(n, x));
      BOOST_TEST(found.mean == x);
      BOOST_TEST(found.deviation == 0);
      BOOST_TEST(scale_of(found, Normalize::standard).factor == 1);
      BOOST_TEST(scale_of(found, Normalize::minmax).factor == 1);
    }
  // The same number, computed in two ways.
  const Spread noise = spread({0.1 + 0.2, 0.3, 0.3});
  BOOST_TEST(scale_of(noise, Normalize::standard).factor == 1);
  BOOST_TEST(scale_of(noise, Normalize::minmax).factor == 1);
}

BOOST_AUTO_TEST_CASE(a_small_deviation_of_large_numbers_is_kept) {
  // Seconds since 1970, a second apart: the textbook formula of squares loses them.
  const Spread found = spread({1.7e9, 1.7e9 + 1, 1.7e9 + 2});
  BOOST_TEST(found.mean == 1.7e9 + 1);
  BOOST_TEST(found.deviation == 0.816496580927726, boost::test_tools::tolerance(1e-12));
  std::vector<double> many;
  for (int i = 0; i < 100000; ++i) many.push_back(1e15 + i % 2);
  BOOST_TEST(spread(many).deviation == 0);  // below ten steps of a double there: not to be told from rounding
  for (double& x : many) x = 1e12 + (x - 1e15);
  BOOST_TEST(spread(many).deviation == 0.5);
}
