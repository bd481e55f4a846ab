// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <teranga/core/program_output.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

using teranga::output_of;

namespace {

double seconds_since(std::chrono::steady_clock::time_point then) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count(); }

}  // namespace

BOOST_AUTO_TEST_CASE(both_outputs_and_the_exit_code_are_told) {
  const auto said = output_of({"sh", "-c", "echo out; echo err >&2; exit 3"}, 20);
  BOOST_TEST(said.code == 3);
  BOOST_TEST(said.text == "out\n");
  BOOST_TEST(said.errors == "err\n");
  BOOST_TEST(said.failure == "sh ended with exit code 3");
  const auto good = output_of({"echo", "yes"}, 20);
  BOOST_TEST(good.code == 0);
  BOOST_TEST(good.text == "yes\n");
  BOOST_TEST(good.failure == "");
}

BOOST_AUTO_TEST_CASE(a_program_that_does_not_end_is_killed) {
  const auto began = std::chrono::steady_clock::now();
  BOOST_TEST(output_of({"sleep", "60"}, 0.3).code == -1);
  const auto closed = output_of({"sh", "-c", "exec >&- 2>&-; sleep 60"}, 0.3);  // it says nothing more, and has not ended
  BOOST_TEST(closed.code == -1);
  BOOST_TEST(closed.failure == "sh gave no answer within 0.3 s");
  BOOST_TEST(output_of({"sh", "-c", "sleep 60 & exit 3"}, 0.3).code == -1);  // its pipes stay open
  BOOST_TEST(seconds_since(began) < 20);
}

BOOST_AUTO_TEST_CASE(a_program_is_killed_where_nobody_waits_for_it_any_more) {
  std::atomic<bool> stops{false};
  const auto began = std::chrono::steady_clock::now();
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stops = true;
  });
  BOOST_TEST(output_of({"sleep", "60"}, 60, &stops).code == -1);
  other.join();
  BOOST_TEST(seconds_since(began) < 30);
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there_or_is_killed_is_told) {
  BOOST_TEST(output_of({"no-such-program-anywhere"}, 5).failure == "no-such-program-anywhere cannot be started: No such file or directory");
  BOOST_TEST(output_of({"sh", "-c", "kill -KILL $$"}, 20).failure == "sh was ended by signal 9");
}

BOOST_AUTO_TEST_CASE(much_output_is_cut_and_read_to_its_end) {
  const auto said = output_of({"sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x"}, 20);
  BOOST_TEST(said.code == 0);
  BOOST_TEST(said.text.size() == 65536u);
}

BOOST_AUTO_TEST_CASE(variables_of_squeue_are_left_out) {
  setenv("SQUEUE_FORMAT", "%i", 1);
  BOOST_TEST(output_of({"sh", "-c", "echo \"$SQUEUE_FORMAT\""}, 20).text == "\n");
}
