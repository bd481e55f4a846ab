// SPDX-License-Identifier: Apache-2.0
// Shares of samples: the exact product counts, not its rounding error.
#include <boost/test/unit_test.hpp>

#include <teranga/core/share.hpp>

using teranga::left_of;

BOOST_AUTO_TEST_CASE(a_share_in_decimals_is_taken_exactly) {
  // n_test = ceil(n * share), as sklearn.model_selection.train_test_split; int(floor(n * (1 - share))) in doubles gives 0, 1, 19 and 9 instead.
  BOOST_TEST(left_of(10, 0.9) == 1);
  BOOST_TEST(left_of(10, 0.8) == 2);
  BOOST_TEST(left_of(100, 0.8) == 20);
  BOOST_TEST(left_of(100, 0.9) == 10);
  // Every share of whole hundredths, of 100 rows.
  for (int percent = 0; percent < 100; ++percent) BOOST_TEST(left_of(100, percent / 100.0) == 100 - percent);
  for (int percent = 0; percent < 100; ++percent) BOOST_TEST(left_of(100'000'000, percent / 100.0) == 1'000'000 * (100 - percent));
}

BOOST_AUTO_TEST_CASE(what_does_not_divide_is_rounded_towards_the_taken_part) {
  BOOST_TEST(left_of(10, 0.7) == 3);
  BOOST_TEST(left_of(10, 0.25) == 7);  // ceil(2.5) = 3 are taken
  BOOST_TEST(left_of(3, 0.34) == 1);
  BOOST_TEST(left_of(150, 0.2) == 120);
  BOOST_TEST(left_of(10, 0.01) == 9);
  BOOST_TEST(left_of(10, 1e-9) == 9);
  BOOST_TEST(left_of(1, 0.5) == 0);
  BOOST_TEST(left_of(7, 0.0) == 7);
}

BOOST_AUTO_TEST_CASE(a_sum_of_two_shares_is_no_larger_than_it_looks) {
  BOOST_TEST(left_of(10, 0.1 + 0.2) == 7);  // 0.30000000000000004
  BOOST_TEST(left_of(20, 0.2 + 0.4) == 8);  // 0.6000000000000001
}
