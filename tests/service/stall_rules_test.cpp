// SPDX-License-Identifier: Apache-2.0
// When a process or a group has stalled, by a clock that the tests turn.
#include <boost/test/unit_test.hpp>

#include <teranga/service/stall_rules.hpp>

#include <string>

using namespace teranga;
using activity::Section;

namespace {

OwnWatch::Seen seen(Section section, std::uint64_t progress, bool known = true, bool waits = false) {
  OwnWatch::Seen out;
  out.view.section = section;
  out.view.known = known;
  out.view.waits = waits;
  out.view.progress = progress;
  return out;
}

Member member(int rank, double heard, double quiet, double limit, bool waits = false) {
  Member out{rank, "node" + std::to_string(rank), true, false, heard, {}};
  out.state.section = Section::step;
  out.state.quiet = quiet;
  out.state.limit = limit;
  out.state.waits = out.state.in_collective = waits;
  return out;
}

GroupView group(std::vector<Member> members) {
  GroupView out;
  out.members = std::move(members);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_quiet_that_goes_on) {
  OwnWatch watch({});
  for (int i = 0; i < 100; ++i) BOOST_TEST(watch.look(10.0 * i, seen(Section::step, static_cast<std::uint64_t>(i))).quiet == 0);
}

BOOST_AUTO_TEST_CASE(limits_are_learnt_and_have_a_floor) {
  OwnWatch watch({});
  watch.look(0, seen(Section::step, 0));
  BOOST_TEST(watch.look(1, seen(Section::step, 0)).limit == 900);
  watch.look(100, seen(Section::step, 1));  // a step of 100 s
  const auto verdict = watch.look(150, seen(Section::step, 1));
  BOOST_TEST(verdict.quiet == 50);
  BOOST_TEST(verdict.limit == 1000);
  BOOST_TEST(watch.look(160, seen(Section::data, 2)).limit == 900);  // of another section nothing was learnt
}

BOOST_AUTO_TEST_CASE(what_was_never_seen_to_its_end_and_long_sections_have_wide_limits) {
  OwnWatch watch({});
  BOOST_TEST(watch.look(0, seen(Section::start, 0, false)).limit == 1800);
  BOOST_TEST(watch.look(0, seen(Section::step, 0, false)).limit == 1800);
  BOOST_TEST(watch.look(0, seen(Section::evaluation, 0, false)).limit == 1800);
  BOOST_TEST(watch.look(0, seen(Section::evaluation, 0)).limit == 900);
  BOOST_TEST(watch.look(0, seen(Section::checkpoint, 0)).limit == 900);
  BOOST_TEST(watch.look(0, seen(Section::step, 0, true, true)).limit == 900);
}

BOOST_AUTO_TEST_CASE(a_fixed_limit_takes_the_place_of_all_others) {
  StallLimits limits;
  limits.fixed = 5;
  OwnWatch watch(limits);
  watch.look(0, seen(Section::start, 0, false));
  watch.look(100, seen(Section::start, 1, false));
  BOOST_TEST(watch.look(107, seen(Section::start, 1, false)).limit == 5);
  BOOST_TEST(watch.look(107, seen(Section::start, 1, false)).quiet == 7);
  BOOST_TEST(limits.silence_limit() == 5);
  limits.fixed = 100;
  BOOST_TEST(limits.silence_limit() == 30);
  limits.off = true;
  BOOST_TEST(OwnWatch(limits).look(0, seen(Section::step, 0)).limit == 0);
}

BOOST_AUTO_TEST_CASE(bytes_of_files_and_a_terminal_that_nobody_reads_are_no_stall) {
  for (const Section section : {Section::start, Section::data, Section::evaluation, Section::checkpoint}) {
    OwnWatch watch({});
    OwnWatch::Seen reading = seen(section, 0);
    watch.look(0, reading);
    reading.bytes_moved = 1000;  // what the look itself reads
    BOOST_TEST(watch.look(100, reading).quiet == 100);
    reading.bytes_moved = 100000;
    BOOST_TEST(watch.look(200, reading).quiet == 0);
  }
  OwnWatch watch({});
  OwnWatch::Seen in_step = seen(Section::step, 0);
  watch.look(0, in_step);
  in_step.bytes_moved = 1000000;
  BOOST_TEST(watch.look(200, in_step).quiet == 200);
  in_step.waits_for_output = true;
  BOOST_TEST(watch.look(300, in_step).quiet == 0);
}

BOOST_AUTO_TEST_CASE(time_in_which_the_watch_did_not_run_is_granted) {
  OwnWatch watch({});
  watch.look(0, seen(Section::step, 0));
  watch.grant(5000);  // the machine slept
  BOOST_TEST(watch.look(5002, seen(Section::step, 0)).quiet == 2);
}

BOOST_AUTO_TEST_CASE(behind_the_deadline_steps_have_less_time_but_checkpoints_do_not) {
  OwnWatch watch({});
  watch.set_deadline(100);
  watch.look(0, seen(Section::step, 0));
  BOOST_TEST(watch.look(99, seen(Section::step, 0)).limit == 900);
  BOOST_TEST(watch.look(101, seen(Section::step, 0)).limit == 60);
  BOOST_TEST(watch.look(102, seen(Section::checkpoint, 1)).limit == 900);
  BOOST_TEST(watch.look(103, seen(Section::step, 2)).limit == 1020);  // steps have taken 102 s, so this one may, too
}

BOOST_AUTO_TEST_CASE(a_process_alone_is_warned_at_half_of_its_limit) {
  GroupView alone = group({member(0, 0, 4, 10)});
  BOOST_TEST(!look_at(alone, 0));
  alone.members[0].state.quiet = 6;
  const auto warning = look_at(alone, 0);
  BOOST_REQUIRE(warning);
  BOOST_TEST(!warning->is_final());
  alone.members[0].state.quiet = 10;
  BOOST_TEST(look_at(alone, 0)->is_final());
  alone.members[0].state.limit = 0;
  BOOST_TEST(!look_at(alone, 0));
}

BOOST_AUTO_TEST_CASE(the_rank_that_does_not_wait_is_named) {
  const GroupView ranks = group({member(0, 100, 20, 10, true), member(1, 100, 12, 10), member(2, 100, 20, 10, true)});
  const auto found = look_at(ranks, 100);
  BOOST_REQUIRE(found);
  BOOST_TEST((found->kind == Finding::Kind::stalled));
  BOOST_TEST(found->rank == 1);
  BOOST_TEST(found->is_final());
  BOOST_TEST(describe(*found, ranks, 3).find("rank 1 on node1 has made no progress for 12 s") == 0);
  BOOST_TEST(describe_others(*found, ranks, 3).size() == 2);
}

BOOST_AUTO_TEST_CASE(others_may_wait_as_long_as_one_is_at_work) {
  BOOST_TEST(!look_at(group({member(0, 100, 1000, 10, true), member(1, 100, 0, 10)}), 100));
}

BOOST_AUTO_TEST_CASE(a_rank_without_a_sign_of_life_is_lost) {
  GroupView ranks = group({member(0, 100, 40, 300, true), member(1, 60, 0, 300, true)});
  const auto found = look_at(ranks, 100);
  BOOST_REQUIRE(found);
  BOOST_TEST((found->kind == Finding::Kind::lost));
  BOOST_TEST(found->rank == 1);
  BOOST_TEST(describe(*found, ranks, 2).find("rank 1 on node1: no sign of life for 40 s") == 0);
  ranks.last_met = 90;  // it has been in a collective since
  BOOST_TEST(!look_at(ranks, 100));
  ranks.last_met = -1e300;
  ranks.members[1].ended = true;
  BOOST_TEST(!look_at(ranks, 100));
  ranks.members[1].ended = ranks.members[1].known = false;  // it never was heard of: that may be the network
  BOOST_TEST(!look_at(ranks, 100));
}

BOOST_AUTO_TEST_CASE(ranks_that_all_wait_for_each_other_are_told_by_their_collectives) {
  GroupView ranks = group({member(0, 100, 301, 300, true), member(1, 100, 302, 300, true)});
  ranks.members[0].state.number = ranks.members[1].state.number = 812;
  ranks.members[0].state.fingerprint = 5;
  put(ranks.members[0].state.kind, "the sum");
  put(ranks.members[1].state.kind, "the broadcast");
  const auto found = look_at(ranks, 100);
  BOOST_REQUIRE(found);
  BOOST_TEST((found->kind == Finding::Kind::all_wait));
  BOOST_TEST(found->is_final());
  BOOST_TEST(describe(*found, ranks, 2).find("different ways") != std::string::npos);
  BOOST_TEST(describe_others(*found, ranks, 2)[1].find("waiting in collective 812, the broadcast of 0 bytes") != std::string::npos);
  ranks.members[0].state.fingerprint = 0;
  BOOST_TEST(describe(*found, ranks, 2).find("do not arrive") != std::string::npos);
  ranks.members[1].heard = 90;  // what it showed then may be wrong by now
  BOOST_TEST(!look_at(ranks, 100));
}

BOOST_AUTO_TEST_CASE(who_sees_no_others_waits_longer) {
  GroupView blind = group({member(1, 100, 400, 300, true)});
  blind.watcher = 1;
  blind.sees_all = false;
  blind.unseen_wait = StallLimits{}.unseen_wait();
  BOOST_TEST(!look_at(blind, 100));
  blind.members[0].state.quiet = 1800;
  const auto found = look_at(blind, 100);
  BOOST_REQUIRE(found);
  BOOST_TEST(found->is_final());
  BOOST_TEST(describe(*found, blind, 2).find("heartbeats") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_place_is_told_in_words) {
  RankState state;
  state.section = Section::step;
  state.step = 57, state.epoch = 3;
  put(state.item, "teranga.dense");
  put(state.layer, "dense_1");
  put(state.call, "forward");
  BOOST_TEST(place_of(state) == "in a step, in the layer \"dense_1\" (dense, call forward), step 57 of epoch 3");
  put(state.layer, "");
  state.section = Section::data;
  BOOST_TEST(place_of(state) == "waiting for data, in dense (call forward), step 57 of epoch 3");
}
