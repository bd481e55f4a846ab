// SPDX-License-Identifier: Apache-2.0
// Profiles: times of all threads add up to the steps, rows are kept apart, the trace holds whole steps.
#include <teranga/parallel/profile.hpp>
#include <teranga/parallel/team.hpp>

#include <algorithm>
#include <chrono>

#include <boost/test/unit_test.hpp>

using namespace teranga;

namespace {

void busy_for(std::chrono::microseconds time) {
  for (const auto end = std::chrono::steady_clock::now() + time; std::chrono::steady_clock::now() < end;) {
  }
}

struct Steps {
  Team team{2};
  Profile profile;
  const Work call{profile.row("layer", Pass::forward), 10, 4};
  const Work serial{profile.row("averaging", Pass::averaging)};
  const int wait = profile.row("loop", Pass::wait);

  explicit Steps(Profile::Traced traced = {}) : profile(2, traced) {}

  void step(std::int64_t number, std::int64_t calls = 3) {
    profile.begin_step(number);
    {
      const LoopWatch watch(&profile, wait);
      team.for_each(calls, [&](std::int64_t, int worker) {
        LapTimer lap(&profile, worker);
        busy_for(std::chrono::microseconds(200));
        lap.done(call);
      });
    }
    LapTimer lap(&profile, 0);
    busy_for(std::chrono::microseconds(100));
    lap.done(serial);
    profile.end_step();
  }

  Profile::Row row(const std::string& name) const {
    for (const Profile::Row& row : profile.rows())
      if (row.name == name) return row;
    BOOST_FAIL("no row " + name);
    return {};
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(all_rows_together_are_the_steps_of_all_threads) {
  Steps steps;
  for (std::int64_t s = 1; s <= 20; ++s) steps.step(s);
  double sum = 0;
  for (const Profile::Row& row : steps.profile.rows()) {
    BOOST_TEST(row.seconds >= 0);
    sum += row.seconds;
  }
  BOOST_TEST(sum == 2 * steps.profile.step_seconds(), boost::test_tools::tolerance(1e-3));
  BOOST_TEST(steps.profile.steps() == 20);
  BOOST_TEST(steps.row("layer").seconds >= 20 * 3 * 200e-6 * 0.999);
  BOOST_TEST(steps.row("averaging").seconds >= 20 * 100e-6 * 0.999);
  // While thread 0 works alone the other one waits, and of three calls one thread has none.
  BOOST_TEST(steps.row("while one works alone").seconds >= 20 * 100e-6 * 0.999);
  BOOST_TEST(steps.row("loop").seconds >= 20 * 200e-6 * 0.999);
}

BOOST_AUTO_TEST_CASE(calls_are_counted_with_what_they_do) {
  Steps steps;
  for (std::int64_t s = 1; s <= 5; ++s) steps.step(s);
  const Profile::Row row = steps.row("layer");
  BOOST_TEST(row.calls == 15);
  BOOST_TEST(row.flops == 150);
  BOOST_TEST(row.bytes == 60);
  steps.profile.restart();
  BOOST_TEST(steps.row("layer").calls == 0);
  BOOST_TEST(steps.profile.step_seconds() == 0);
}

BOOST_AUTO_TEST_CASE(a_row_is_its_name_and_its_pass) {
  Profile profile(1, {});
  const int forward = profile.row("a", Pass::forward);
  BOOST_TEST(profile.row("a", Pass::backward) != forward);
  BOOST_TEST(profile.row("b", Pass::forward) != forward);
  BOOST_TEST(profile.row("a", Pass::forward) == forward);
}

BOOST_AUTO_TEST_CASE(the_trace_shows_the_steps_that_were_asked_for) {
  Steps steps({.first = 2, .last = 3, .calls = 100});
  for (std::int64_t s = 1; s <= 5; ++s) steps.step(s);
  const auto traced = steps.profile.traced_steps();
  BOOST_REQUIRE(traced.size() == 2);
  BOOST_TEST(traced[0].number == 2);
  BOOST_TEST(traced[1].number == 3);
  std::size_t calls = 0;
  for (const int thread : {0, 1}) {
    const auto events = steps.profile.events(thread);
    calls += events.size();
    for (std::size_t i = 0; i < events.size(); ++i) {
      BOOST_TEST(events[i].begin >= traced[0].begin);
      BOOST_TEST(events[i].begin <= events[i].end);
      BOOST_TEST(events[i].end <= traced[1].end);
      if (i > 0) BOOST_TEST(events[i].begin >= events[i - 1].end);
    }
  }
  BOOST_TEST(calls == 8);
  BOOST_TEST(steps.profile.had_room());
}

BOOST_AUTO_TEST_CASE(a_step_without_room_is_left_out_whole) {
  Steps steps({.first = 1, .last = 5, .calls = 7});
  for (std::int64_t s = 1; s <= 5; ++s) steps.step(s, 5);  // of six calls a step one thread makes three or more
  const std::size_t kept = steps.profile.traced_steps().size();
  BOOST_TEST(!steps.profile.had_room());
  BOOST_TEST(kept <= 2);
  BOOST_TEST(steps.profile.events(0).size() + steps.profile.events(1).size() == 6 * kept);
  BOOST_TEST(steps.row("layer").calls == 25);
}
