// SPDX-License-Identifier: Apache-2.0
// How long before the end of a job its training stops.
#include <boost/test/unit_test.hpp>

#include "run/job_limit.hpp"

using teranga::train::EndingTimes;
using teranga::train::job_margin;

BOOST_AUTO_TEST_CASE(a_job_is_left_half_a_minute_before_its_end_and_a_short_one_a_tenth) {
  BOOST_TEST(job_margin({}, 86400) == 30);
  BOOST_TEST(job_margin({}, 120) == 12);
}

BOOST_AUTO_TEST_CASE(what_was_measured_is_added_with_some_room) {
  BOOST_TEST(job_margin({40, 60}, 86400) == 180);
  BOOST_TEST(job_margin({1, 1}, 120) == 15);
}

BOOST_AUTO_TEST_CASE(half_of_the_time_is_for_training_whatever_the_end_takes) { BOOST_TEST(job_margin({500, 500}, 600) == 300); }
