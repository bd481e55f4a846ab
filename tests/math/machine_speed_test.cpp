// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <teranga/math/machine_speed.hpp>

// Clock times are not to be promised: this finds work that was left out (a thousand times too fast) or done in vain.
BOOST_AUTO_TEST_CASE(the_measured_speeds_are_those_of_a_computer) {
  teranga::Team team(2);
  const double gflops = teranga::math::multiply_add_gflops(team), gbytes = teranga::math::triad_gbytes(team);
  BOOST_TEST((gflops > 0.5 && gflops < 2 * 1000));   // two threads, 512 bits twice a cycle at 5 GHz: 640
  BOOST_TEST((gbytes > 0.05 && gbytes < 1000));
}
