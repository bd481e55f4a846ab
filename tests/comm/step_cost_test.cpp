// SPDX-License-Identifier: Apache-2.0
// What steps on a cluster cost, against values that one computes by hand. No clock is read.
#include <boost/test/unit_test.hpp>

#include <teranga/comm/step_cost.hpp>

#include <cmath>

namespace {

using teranga::Network;
using teranga::RankEvent;
using teranga::StepCost;
using teranga::StepRecord;

constexpr double tolerance = 1e-9;  // percent

RankEvent work(double seconds, double look = 0) {
  RankEvent out;
  out.seconds = seconds, out.look = look;
  return out;
}

RankEvent messages(int channel, double count, double bytes) {
  RankEvent out;
  out.kind = RankEvent::Kind::messages;
  out.channel = channel, out.far_messages = count, out.far_bytes = bytes;
  return out;
}

RankEvent answer(int channel, double count, double bytes, double seconds) {
  RankEvent out = messages(channel, count, bytes);
  out.answers = true, out.seconds = seconds;
  return out;
}

RankEvent of_kind(RankEvent::Kind kind, double bytes = 0) {
  RankEvent out;
  out.kind = kind, out.bytes = bytes;
  return out;
}

const RankEvent wait = of_kind(RankEvent::Kind::wait);

// 1000 bytes a second, 0.25 s of latency.
Network slow() {
  Network out;
  out.bytes_per_second = 1000, out.latency = 0.25, out.copied_bytes_per_second = 1e4, out.memory_bytes_per_second = 2e4;
  return out;
}

StepRecord record(int ranks, int on_node, std::vector<RankEvent> events) { return {ranks, on_node, {{1, std::move(events)}}}; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_rank_alone_only_computes) {
  const StepCost cost = cost_of(record(1, 1, {work(2), of_kind(RankEvent::Kind::sum, 500), work(1)}), slow());
  BOOST_CHECK_CLOSE(cost.seconds, 3, tolerance);
  BOOST_CHECK_CLOSE(cost.working, 3, tolerance);
  BOOST_CHECK_EQUAL(cost.sent_bytes, 0);
}

BOOST_AUTO_TEST_CASE(messages_take_their_bytes_and_the_latency) {
  const StepCost cost = cost_of(record(2, 1, {work(1), messages(0, 1, 500), wait, work(1)}), slow());
  BOOST_CHECK_CLOSE(cost.seconds, 1 + 0.5 + 0.25 + 1, tolerance);
  BOOST_CHECK_CLOSE(cost.waiting(), 0.75, tolerance);
  BOOST_CHECK_EQUAL(cost.sent_bytes, 500);
}

BOOST_AUTO_TEST_CASE(messages_travel_while_the_rank_computes) {
  BOOST_CHECK_CLOSE(cost_of(record(2, 1, {messages(0, 1, 500), work(3), wait}), slow()).seconds, 3, tolerance);
  BOOST_CHECK_CLOSE(cost_of(record(2, 1, {messages(0, 1, 5000), work(3), wait}), slow()).seconds, 5.25, tolerance);
}

BOOST_AUTO_TEST_CASE(an_exchange_in_two_rounds_pays_the_latency_twice) {
  // Parts to their owners, adding up, sums to all: by hand 0.5 + 0.25, 0.1, 0.5 + 0.25.
  const StepCost cost = cost_of(record(2, 1, {work(1), messages(0, 1, 500), wait, answer(0, 1, 500, 0.1), wait}), slow());
  BOOST_CHECK_CLOSE(cost.seconds, 1 + 0.75 + 0.1 + 0.75, tolerance);
  BOOST_CHECK_CLOSE(cost.working, 1.1, tolerance);
  BOOST_CHECK_EQUAL(cost.sent_bytes, 1000);
}

BOOST_AUTO_TEST_CASE(answers_leave_while_the_rank_computes_and_lengthen_that) {
  // The parts have come at 0.75; adding takes until 0.85, the sums have come at 1.6; the work ends at 2.1.
  BOOST_CHECK_CLOSE(cost_of(record(2, 1, {messages(0, 1, 500), work(2), wait, answer(0, 1, 500, 0.1), wait}), slow()).seconds, 2.1, tolerance);
  // The rank looks only every 0.4 s, on average 0.2 s after the parts have come. Of 1 s of work, 0.05 s are left then.
  const StepCost cost = cost_of(record(2, 1, {messages(0, 1, 500), work(1, 0.2), wait, answer(0, 1, 500, 0.1), wait}), slow());
  BOOST_CHECK_CLOSE(cost.seconds, 0.95 + 0.1 + 0.75, tolerance);
  // It does not look before the work ends.
  BOOST_CHECK_CLOSE(cost_of(record(2, 1, {messages(0, 1, 500), work(1, 0.5), wait, answer(0, 1, 500, 0.1), wait}), slow()).seconds, 1 + 0.1 + 0.75, tolerance);
}

BOOST_AUTO_TEST_CASE(channels_share_the_card) {
  // 500 bytes leave until 0.5, the next 300 until 0.8.
  BOOST_CHECK_CLOSE(cost_of(record(2, 1, {messages(0, 1, 500), messages(1, 1, 300), wait}), slow()).seconds, 0.8 + 0.25, tolerance);
}

BOOST_AUTO_TEST_CASE(the_ranks_of_a_node_share_the_card_and_the_memory) {
  // 4 ranks on 2 nodes. To 2 ranks far off: 2 x 200 bytes of each of 2 ranks. To the one on the node: 100 bytes are copied twice; two ranks that copy are as much as the memory can.
  RankEvent both = messages(0, 2, 400);
  both.near_messages = 1, both.near_bytes = 100;
  BOOST_CHECK_CLOSE(cost_of(record(4, 2, {both, wait}), slow()).seconds, 0.8 + 0.25, tolerance);
  both.far_messages = both.far_bytes = 0;
  BOOST_CHECK_CLOSE(cost_of(record(4, 2, {both, wait}), slow()).seconds, 2 * 100 / 1e4, tolerance);
}

BOOST_AUTO_TEST_CASE(each_message_costs_its_processor) {
  Network network = slow();
  network.message_seconds = 0.01;
  const StepCost cost = cost_of(record(4, 1, {messages(0, 3, 600), wait}), network);
  BOOST_CHECK_CLOSE(cost.seconds, 0.03 + 0.6 + 0.25, tolerance);
  BOOST_CHECK_CLOSE(cost.working, 0.03, tolerance);
}

BOOST_AUTO_TEST_CASE(work_can_be_stretched) { BOOST_CHECK_CLOSE(cost_of(record(2, 1, {work(1), messages(0, 1, 500), wait, answer(0, 1, 500, 0.1), wait}), slow(), 2).seconds, 2 + 0.75 + 0.2 + 0.75, tolerance); }

BOOST_AUTO_TEST_CASE(some_steps_come_several_times) {
  const StepRecord rounds{2, 1, {{1, {work(1)}}, {14, {work(2)}}, {1, {work(3), of_kind(RankEvent::Kind::sum, 100)}}}};
  // The sum of two ranks: a tree of one round, 0.25 + 0.1; the ring has two of 0.25 + 0.05.
  BOOST_CHECK_CLOSE(cost_of(rounds, slow()).seconds, 1 + 28 + 3 + 0.35, tolerance);
}

BOOST_AUTO_TEST_CASE(a_ring_has_two_rounds_less_than_twice_the_ranks) {
  // 8 ranks: 14 rounds of 100 bytes.
  const auto ring = cost_of_ring(record(8, 1, {}), slow(), 800);
  BOOST_CHECK_CLOSE(ring.seconds, 14 * (0.25 + 0.1), tolerance);
  BOOST_CHECK_CLOSE(ring.sent_bytes, 2 * 7.0 / 8 * 800, tolerance);
  // Two ranks on a node: one of them passes on what leaves the node.
  BOOST_CHECK_CLOSE(cost_of_ring(record(8, 2, {}), slow(), 800).seconds, ring.seconds, tolerance);
  // All on one node: 8 ranks copy 100 bytes each twice, and the memory is what limits them.
  BOOST_CHECK_CLOSE(cost_of_ring(record(8, 8, {}), slow(), 800).seconds, 14 * 2 * 800 / 2e4, tolerance);
}

BOOST_AUTO_TEST_CASE(a_tree_has_a_round_for_each_doubling) {
  BOOST_CHECK_CLOSE(cost_of_tree(record(8, 1, {}), slow(), 800).seconds, 3 * (0.25 + 0.8), tolerance);
  BOOST_CHECK_CLOSE(cost_of_tree(record(5, 1, {}), slow(), 800).seconds, 3 * (0.25 + 0.8), tolerance);
  // 4 nodes of two ranks: one round on the node, two rounds in which both send.
  BOOST_CHECK_CLOSE(cost_of_tree(record(8, 2, {}), slow(), 800).seconds, 2 * 800 / 1e4 + 2 * (0.25 + 1.6), tolerance);
}

BOOST_AUTO_TEST_CASE(a_sum_takes_the_faster_way) {
  const auto sum = [](double bytes) { return cost_of(record(64, 1, {of_kind(RankEvent::Kind::sum, bytes)}), slow()).seconds; };
  BOOST_CHECK_CLOSE(sum(8), 6 * (0.25 + 0.008), tolerance);
  BOOST_CHECK_CLOSE(sum(64000), 126 * (0.25 + 1), tolerance);
}

BOOST_AUTO_TEST_CASE(adding_up_counts) {
  Network network = slow();
  network.seconds_per_byte_added = 1e-3;
  BOOST_CHECK_CLOSE(cost_of_ring(record(8, 1, {}), network, 800).seconds, 14 * (0.25 + 0.1) + 0.7, tolerance);
  BOOST_CHECK_CLOSE(cost_of_tree(record(8, 1, {}), network, 800).seconds, 3 * (0.25 + 0.8 + 0.8), tolerance);
}

BOOST_AUTO_TEST_CASE(what_all_gather_is_sent_to_all) {
  // 4 ranks: 3 times 100 bytes come to each; two rounds of latency are fewer than the ring's three.
  const StepCost cost = cost_of(record(4, 1, {of_kind(RankEvent::Kind::gather, 100)}), slow());
  BOOST_CHECK_CLOSE(cost.seconds, 2 * 0.25 + 0.3, tolerance);
  BOOST_CHECK_CLOSE(cost.sent_bytes, 300, tolerance);
}
