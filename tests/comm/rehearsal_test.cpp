// SPDX-License-Identifier: Apache-2.0
// The exchanges of a real group, rehearsed by one rank: what would be sent, to how many, and what the rank would wait for.
#include <boost/test/unit_test.hpp>

#include <teranga/comm/gradient_exchange.hpp>
#include <teranga/comm/number_exchange.hpp>
#include <teranga/comm/rehearsal.hpp>
#include <teranga/core/error.hpp>

#include <numeric>
#include <string>
#include <vector>

namespace {

using teranga::RankEvent;
using teranga::Rehearsal;

Rehearsal::OfOther same() {
  return [](int, int, std::span<std::byte>) {};
}

// Without the work between them.
std::vector<RankEvent> exchanged(Rehearsal& group) {
  group.end_of_step();
  const std::vector<std::vector<RankEvent>> steps = group.take();
  std::vector<RankEvent> out;
  for (const RankEvent& event : steps.front())
    if (event.kind != RankEvent::Kind::work) out.push_back(event);
  return out;
}

std::vector<RankEvent> exchange(int ranks, int on_node, teranga::Wire wire) {
  Rehearsal group({ranks, on_node}, same());
  std::vector<float> gradients(6400);
  std::iota(gradients.begin(), gradients.end(), 0.0F);
  const auto exchange = gradient_exchange(group, {{0, 1, 0, 6400}}, wire);
  group.begin();
  exchange->start(0, gradients);
  exchange->finish();
  for (std::size_t i = 0; i < 256; ++i) BOOST_TEST(gradients[i] == static_cast<float>(i));
  return exchanged(group);
}

}  // namespace

BOOST_AUTO_TEST_CASE(few_ranks_send_parts_then_sums) {
  const auto events = exchange(4, 1, teranga::Wire::f32);
  BOOST_TEST_REQUIRE(events.size() == 4U);  // parts, wait, sums, wait
  for (const std::size_t round : {0U, 2U}) {
    BOOST_TEST((events[round].kind == RankEvent::Kind::messages));
    BOOST_TEST(events[round].far_messages == 3);
    BOOST_TEST(events[round].far_bytes == 3 * 1600 * sizeof(float));
    BOOST_TEST(events[round].near_messages == 0);
    BOOST_TEST((events[round + 1].kind == RankEvent::Kind::wait));
  }
  BOOST_TEST(!events[0].answers);
  BOOST_TEST(events[2].answers);
}

BOOST_AUTO_TEST_CASE(what_stays_on_a_node_is_told_apart) {
  const auto events = exchange(8, 2, teranga::Wire::bf16);
  BOOST_TEST(events[0].far_messages == 6);
  BOOST_TEST(events[0].far_bytes == 6 * 800 * 2);
  BOOST_TEST(events[0].near_messages == 1);
  BOOST_TEST(events[0].near_bytes == 800 * 2);
}

BOOST_AUTO_TEST_CASE(many_ranks_sum_together) {
  const auto events = exchange(33, 1, teranga::Wire::f32);
  BOOST_TEST_REQUIRE(events.size() == 1U);
  BOOST_TEST((events[0].kind == RankEvent::Kind::sum));
  BOOST_TEST(events[0].bytes == 6400 * sizeof(float));
}

BOOST_AUTO_TEST_CASE(numbers_travel_with_the_gradients) {
  Rehearsal group({3, 1}, same());
  teranga::NumberExchange numbers(group);
  std::vector<double> sums = {1, 2};
  numbers.start(sums);
  numbers.finish(sums);
  const auto events = exchanged(group);
  BOOST_TEST_REQUIRE(events.size() == 2U);
  BOOST_TEST(events[0].far_bytes == 2 * 2 * sizeof(double));
  BOOST_TEST(sums[1] == 2);
}

BOOST_AUTO_TEST_CASE(others_have_texts_of_their_own) {
  Rehearsal group({3, 1}, [](int rank, int tag, std::span<std::byte> bytes) {
    BOOST_TEST(tag == -1);
    bytes.back() = static_cast<std::byte>('0' + rank);
  });
  const std::vector<std::string> expected = {"rank 0", "rank 1", "rank 2"};
  const auto found = group.allgather("rank 0");
  BOOST_TEST(found == expected, boost::test_tools::per_element());
  const auto events = exchanged(group);
  BOOST_TEST((events.back().kind == RankEvent::Kind::gather));
  BOOST_TEST(events.back().bytes == 6);
}

BOOST_AUTO_TEST_CASE(messages_of_unknown_size_are_found_after_a_wait) {
  Rehearsal group({2, 1}, [](int, int tag, std::span<std::byte> bytes) {
    BOOST_TEST(tag == 7);
    bytes[0] = std::byte{2};
  });
  const auto channel = group.messages();
  const std::vector<std::byte> own = {std::byte{1}, std::byte{5}};
  std::vector<std::byte> other;
  channel->send(1, 7, own);
  BOOST_TEST(!channel->receive_found(1, 7, other));
  group.idle(0);
  BOOST_TEST(channel->receive_found(1, 7, other));
  BOOST_TEST(static_cast<int>(other.at(0)) == 2);
  BOOST_TEST(static_cast<int>(other.at(1)) == 5);
  BOOST_TEST(channel->all_done());
}

BOOST_AUTO_TEST_CASE(a_wait_for_nothing_is_an_error) {
  Rehearsal group({2, 1}, same());
  BOOST_CHECK_THROW(group.idle(0), teranga::Error);
}

BOOST_AUTO_TEST_CASE(a_rank_alone_exchanges_nothing) {
  Rehearsal group({1, 1}, same());
  std::vector<double> numbers = {1};
  group.sum(numbers);
  BOOST_TEST(exchanged(group).empty());
}
