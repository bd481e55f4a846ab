// SPDX-License-Identifier: Apache-2.0
// What a log says at its end of the time of a training, for times that are made up here.
#include "run/time_report.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace teranga;
using namespace teranga::train;

namespace {

// 100 s, of which forward, backward and update take 20, 30 and 10.
RankTimes busy(const std::string& host = "node1") {
  RankTimes out;
  out.host = host;
  out.whole = 100;
  out.of(Section::forward) = 20;
  out.of(Section::backward) = 30;
  out.of(Section::update) = 10;
  out.peak_memory = 64 << 20;
  return out;
}

RankTimes with(Section section, double seconds, RankTimes rank = busy()) {
  rank.of(section) = seconds;
  return rank;
}

std::vector<std::string> notes(std::vector<RankTimes> ranks, const recipe::Recipe& recipe = {}) { return time_notes({std::move(ranks), 0, 0}, recipe); }

void check_one(const std::vector<std::string>& found, const std::vector<std::string>& parts) {
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  BOOST_TEST(found[0].starts_with("NOTE: "));
  for (const std::string& part : parts) BOOST_TEST(found[0].find(part) != std::string::npos, found[0] << "\n  lacks: " << part);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_in_no_section_is_the_rest_and_never_negative) {
  BOOST_TEST(busy().other() == 40);
  BOOST_TEST(with(Section::data, 40.5).other() == 0);
}

BOOST_AUTO_TEST_CASE(the_lines_have_the_least_the_mean_and_the_most_of_all_processes) {
  TimeReport report{{busy("a"), with(Section::forward, 40, busy("b"))}, 5e12, 1000};
  const std::vector<std::string> lines = time_lines(report);
  BOOST_REQUIRE_EQUAL(lines.size(), 12U);
  BOOST_TEST(lines[0] == "time, s                 least         mean         most most/mean    share");
  BOOST_TEST(lines[1] == "forward                20.000       30.000       40.000      1.33    30.0%");
  BOOST_TEST(lines[8] == "other                  20.000       30.000       40.000      1.33    30.0%");
  BOOST_TEST(lines[9] == "whole                 100.000      100.000      100.000      1.00   100.0%");
  BOOST_TEST(lines[10] == "peak memory, MiB         64.0         64.0         64.0      1.00");
  BOOST_TEST(lines[11] == "work of the layers: 5000 Gflop, 50 Gflop/s over the whole time, 5.0 % of the 1000 Gflop/s that the machine can do");
}

BOOST_AUTO_TEST_CASE(one_process_needs_no_least_and_most) {
  const std::vector<std::string> lines = time_lines({{busy()}, 5e12, 0});
  BOOST_TEST(lines[0] == "time                        s    share");
  BOOST_TEST(lines[2] == "backward               30.000    30.0%");
  BOOST_TEST(lines.back() == "work of the layers: 5000 Gflop, 50 Gflop/s over the whole time");  // nobody knows the machine's peak
}

BOOST_AUTO_TEST_CASE(a_training_in_which_nothing_is_wrong_gets_no_note) {
  BOOST_TEST(notes({busy()}).empty());
  BOOST_TEST(notes({busy(), busy(), busy()}).empty());
  // Just below what counts as much.
  BOOST_TEST(notes({with(Section::data, 19.9)}).empty());
  BOOST_TEST(notes({with(Section::checkpoints, 9.9)}).empty());
  BOOST_TEST(notes({with(Section::averaging, 29.9), with(Section::averaging, 35)}).empty());
}

BOOST_AUTO_TEST_CASE(waiting_for_data_is_told_with_what_helps) { check_one(notes({with(Section::data, 30), with(Section::data, 36)}), {"waited for data in 33 %", "--threads N", "local disk"}); }

BOOST_AUTO_TEST_CASE(waiting_for_checkpoints_is_told_with_the_key_that_the_recipe_has) {
  recipe::Recipe recipe;
  check_one(notes({with(Section::checkpoints, 15)}, recipe), {"waited for checkpoints in 15 %", "every_seconds = 600.0 in [checkpoint]"});
  recipe.checkpoint.every_steps = 7;
  recipe.checkpoint.every_seconds = 0;
  check_one(notes({with(Section::checkpoints, 15)}, recipe), {"every_steps = 70 in [checkpoint]"});
  recipe.checkpoint.every_steps = 0;
  check_one(notes({with(Section::checkpoints, 15)}, recipe), {"; a run folder on a faster disk"});
}

BOOST_AUTO_TEST_CASE(an_exchange_that_takes_long_is_told_with_what_the_recipe_can_still_do) {
  const std::vector<RankTimes> ranks{with(Section::averaging, 35), with(Section::averaging, 36)};
  recipe::Recipe recipe;
  check_one(notes(ranks, recipe), {"in 35 % of their time at the least", "averaging.wire = \"bf16\"", "averaging.every = 16", "batch_size"});
  recipe.training.averaging.emplace().every = 8;
  recipe.training.averaging->wire = "bf16";
  check_one(notes(ranks, recipe), {"averaging.every = 32"});
  BOOST_TEST(notes(ranks, recipe)[0].find("bf16") == std::string::npos);
  recipe.training.reproducible = true;  // which allows neither
  BOOST_TEST(notes(ranks, recipe)[0].find("averaging.") == std::string::npos);
  BOOST_TEST(notes({with(Section::averaging, 35)}).empty());  // a process alone exchanges nothing
}

BOOST_AUTO_TEST_CASE(a_process_that_is_slower_than_the_others_is_named_with_its_machine) {
  // The others wait for it: that is no reason to exchange less.
  const RankTimes waits = with(Section::averaging, 40);
  check_one(notes({waits, with(Section::backward, 70, busy("node7")), waits}), {"process 1 on node7 computed for 100.0 s, the others for 60.0 s", "what else runs on node7"});
  BOOST_TEST(notes({waits, with(Section::backward, 38, busy("node7")), waits}).empty());  // 68 s, less than a quarter more
}

BOOST_AUTO_TEST_CASE(a_short_training_says_too_little) {
  RankTimes rank = with(Section::data, 9);
  rank.whole = 9.5;
  BOOST_TEST(notes({rank}).empty());
}

BOOST_AUTO_TEST_CASE(facts_have_every_part_by_its_name) {
  const std::vector<std::string> facts = time_facts({{busy("a"), with(Section::forward, 40, busy("b"))}, 0, 0});
  BOOST_REQUIRE_EQUAL(facts.size(), 10U);
  BOOST_TEST(facts[0] == R"({"event":"time","name":"forward","least":20,"mean":30,"most":40})");
  BOOST_TEST(facts[9] == R"({"event":"memory","name":"peak","least":67108864,"mean":67108864,"most":67108864})");
}
