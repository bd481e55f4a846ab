// SPDX-License-Identifier: Apache-2.0
// Gradients on real ranks: sums over unequal shares, a rank without samples, buckets of every size and in any order, and misuse.
#include <boost/test/unit_test.hpp>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/gradient_exchange.hpp>
#include <teranga/comm/number_exchange.hpp>
#include <teranga/comm/ordered_sums.hpp>
#include <teranga/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

namespace {

std::unique_ptr<teranga::Communicator> connected;

struct Connection {
  void setup() { connected = teranga::Communicator::connect(); }
  void teardown() { connected.reset(); }
};
BOOST_TEST_GLOBAL_FIXTURE(Connection);

using Made = std::unique_ptr<teranga::GradientExchange> (*)(teranga::Communicator&, std::vector<teranga::Bucket>);
std::unique_ptr<teranga::GradientExchange> direct(teranga::Communicator& communicator, std::vector<teranga::Bucket> buckets) { return teranga::direct_exchange(communicator, std::move(buckets)); }
std::unique_ptr<teranga::GradientExchange> direct_in_16_bits(teranga::Communicator& communicator, std::vector<teranga::Bucket> buckets) {
  return teranga::gradient_exchange(communicator, std::move(buckets), teranga::Wire::bf16);
}
constexpr Made kinds[] = {teranga::blocking_exchange, direct, direct_in_16_bits};  // the numbers of step() need no more than 8 bits

std::vector<teranga::Segment> segments_of(const std::vector<std::size_t>& counts) {
  std::vector<teranga::Segment> segments;
  std::size_t begin = 0;
  for (const std::size_t count : counts) segments.push_back({std::exchange(begin, begin + count), count});
  return segments;
}

// Each rank starts the buckets in an order of its own.
void exchange_all(teranga::GradientExchange& exchange, std::vector<float>& gradients) {
  const std::size_t buckets = exchange.buckets().size();
  for (std::size_t i = 0; i < buckets; ++i) {
    const std::size_t bucket = (i + static_cast<std::size_t>(connected->rank())) % buckets;
    const teranga::Bucket& b = exchange.buckets()[bucket];
    exchange.start(bucket, std::span(gradients).subspan(b.begin, b.count));
    exchange.drive();
  }
  exchange.finish();
}

// One step: every rank has samples in number of its rank (rank 0 has none), and a sample adds i mod 5 to gradient i.
void step(teranga::GradientExchange& exchange, std::vector<float>& gradients) {
  for (std::size_t i = 0; i < gradients.size(); ++i) gradients[i] = static_cast<float>(connected->rank() * static_cast<int>(i % 5));
  exchange_all(exchange, gradients);
}

bool is_sum_over_ranks(const std::vector<float>& gradients) {
  const int samples = connected->size() * (connected->size() - 1) / 2;
  for (std::size_t i = 0; i < gradients.size(); ++i)
    if (gradients[i] != static_cast<float>(samples * static_cast<int>(i % 5))) return false;
  return true;
}

// Numbers whose sum depends on the order in which they are added.
std::vector<float> uneven(std::size_t count, int rank) {
  std::vector<float> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = std::sin(static_cast<float>(i + 1) * static_cast<float>(rank + 1)) * std::exp2(static_cast<float>((i + static_cast<std::size_t>(rank)) % 24));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(gradients_of_unequal_shares_add_up_step_after_step) {
  for (const Made make : kinds)
    for (const std::vector<std::size_t>& counts :
         {std::vector<std::size_t>{}, {1}, {0, 7, 0}, {7919, 31, 1}, {25, 500, 25000, 50, 400000, 500, 5000, 10}, {3000000, 1000}}) {
      const auto exchange = make(*connected, teranga::plan_buckets(segments_of(counts)));
      std::vector<float> gradients(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
      for (int repeat = 0; repeat < 3; ++repeat) {
        step(*exchange, gradients);
        BOOST_TEST(is_sum_over_ranks(gradients), counts.size() << " segments");
      }
    }
}

BOOST_AUTO_TEST_CASE(a_direct_exchange_adds_up_in_the_order_of_the_ranks_whatever_the_buckets) {
  const std::vector<std::size_t> counts = {1000, 17, 70000, 3, 40000};
  const std::size_t count = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  std::vector<float> wanted = uneven(count, 0);
  for (int rank = 1; rank < connected->size(); ++rank) {
    const std::vector<float> more = uneven(count, rank);
    for (std::size_t i = 0; i < count; ++i) wanted[i] += more[i];
  }
  for (const teranga::BucketSizes sizes : {teranga::BucketSizes{}, {1, 1}, {100000, 300000}}) {
    const auto exchange = teranga::direct_exchange(*connected, teranga::plan_buckets(segments_of(counts), sizes));
    std::vector<float> gradients = uneven(count, connected->rank());
    exchange_all(*exchange, gradients);
    BOOST_TEST(gradients == wanted, exchange->buckets().size() << " buckets");
  }
}

BOOST_AUTO_TEST_CASE(what_travels_in_16_bits_is_rounded_and_the_sums_are_made_in_f32) {
  const std::vector<std::size_t> counts = {1000, 17, 70000, 3, 40000};
  const std::size_t count = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  const auto rounded = [](std::vector<float> values) {
    std::vector<std::uint16_t> bits(values.size());
    teranga::to_bf16(values, bits);
    teranga::from_bf16(bits, values);
    return values;
  };
  std::vector<float> wanted = rounded(uneven(count, 0));
  for (int rank = 1; rank < connected->size(); ++rank) {
    const std::vector<float> more = rounded(uneven(count, rank));
    for (std::size_t i = 0; i < count; ++i) wanted[i] += more[i];
  }
  wanted = rounded(wanted);
  for (const teranga::BucketSizes sizes : {teranga::BucketSizes{}, {1, 1}, {100000, 300000}}) {
    const auto exchange = direct_in_16_bits(*connected, teranga::plan_buckets(segments_of(counts), sizes));
    std::vector<float> gradients = uneven(count, connected->rank());
    exchange_all(*exchange, gradients);
    BOOST_TEST(gradients == wanted, exchange->buckets().size() << " buckets");
  }
  std::vector<float> at_once = uneven(count, connected->rank());
  teranga::sum_over_ranks(*connected, at_once, teranga::Wire::bf16);
  BOOST_TEST(at_once == wanted);
}

BOOST_AUTO_TEST_CASE(numbers_add_up_while_buckets_travel) {
  const std::vector<std::size_t> counts = {300000, 300000};
  const auto exchange = teranga::gradient_exchange(*connected, teranga::plan_buckets(segments_of(counts)));
  teranga::NumberExchange numbers(*connected);
  std::vector<float> gradients(600000, 1.0F);
  for (int repeat = 0; repeat < 3; ++repeat) {
    gradients.assign(gradients.size(), 1.0F);
    for (std::size_t b = 0; b < exchange->buckets().size(); ++b) exchange->start(b, std::span(gradients).subspan(exchange->buckets()[b].begin, exchange->buckets()[b].count));
    std::vector<double> sums = {1.0, static_cast<double>(connected->rank()) + repeat};
    numbers.start(sums);
    numbers.finish(sums);
    exchange->finish();
    const int ranks = connected->size();
    BOOST_TEST(sums[0] == ranks);
    BOOST_TEST(sums[1] == ranks * (ranks - 1) / 2 + ranks * repeat);
    BOOST_TEST(std::ranges::count(gradients, static_cast<float>(ranks)) == 600000);
  }
}

BOOST_AUTO_TEST_CASE(an_ordered_sum_does_not_depend_on_how_many_ranks_have_its_terms) {
  // 12 terms, shared by the first one, two, ... ranks.
  constexpr int terms = 12;
  const std::size_t count = 5000;
  std::vector<float> wanted = uneven(count, 0);
  const auto add_term = [&](std::vector<float>& sum, int term) {
    const std::vector<float> more = uneven(count, term);
    for (std::size_t i = 0; i < count; ++i) sum[i] += more[i];
  };
  for (int term = 1; term < terms; ++term) add_term(wanted, term);
  teranga::OrderedSums ordered(*connected);
  for (int ranks = 1; ranks <= connected->size(); ++ranks) {
    ordered.begin(ranks);
    std::vector<float> sum(count, -1.0F), second(3, 1.0F);
    const bool goes_on = ordered.before(std::as_writable_bytes(std::span(sum)));
    BOOST_TEST(goes_on == (connected->rank() > 0 && connected->rank() < ranks));
    if (connected->rank() < ranks) {
      int term = terms / ranks * connected->rank();
      const int end = connected->rank() == ranks - 1 ? terms : term + terms / ranks;
      if (!goes_on) sum = uneven(count, term++);
      for (; term < end; ++term) add_term(sum, term);
    }
    ordered.hand_on(std::as_bytes(std::span(sum)));
    if (ordered.before(std::as_writable_bytes(std::span(second)))) second[0] += 1;
    ordered.hand_on(std::as_bytes(std::span(second)));
    ordered.give_to_all(std::as_writable_bytes(std::span(sum)));
    ordered.give_to_all(std::as_writable_bytes(std::span(second)));
    BOOST_TEST(sum == wanted, "shared by " << ranks);
    BOOST_TEST(second[0] == static_cast<float>(ranks));
  }
}

BOOST_AUTO_TEST_CASE(a_message_of_unknown_size_is_found) {
  const auto messages = connected->messages();
  const int next = (connected->rank() + 1) % connected->size(), before = (connected->rank() + connected->size() - 1) % connected->size();
  if (next == connected->rank()) return;
  const std::vector<std::byte> mine(1000 + 100 * static_cast<std::size_t>(connected->rank()), std::byte{7});
  messages->send(next, 5, mine);
  std::vector<std::byte> found;
  while (!messages->receive_found(before, 5, found)) {}
  while (!messages->all_done()) {}
  BOOST_TEST(found.size() == 1000 + 100 * static_cast<std::size_t>(before));
  BOOST_TEST(std::ranges::count(found, std::byte{7}) == std::ssize(found));
  messages->send(next, 5, {});
  while (!messages->receive_found(before, 5, found)) {}
  BOOST_TEST(found.empty());
}

BOOST_AUTO_TEST_CASE(the_mean_of_unequal_shares_is_weighted_by_samples) {
  // The caller divides by the global denominator: rank r has r + 1 samples of value r.
  const double own = connected->rank() + 1;
  std::vector<double> denominator = {own};
  connected->sum(denominator);
  const auto exchange = teranga::gradient_exchange(*connected, teranga::plan_buckets(segments_of({1})));
  std::vector<float> gradient = {static_cast<float>(own * connected->rank() / denominator[0])};
  exchange->start(0, gradient);
  exchange->finish();
  double sum = 0;
  double samples = 0;
  for (int rank = 0; rank < connected->size(); ++rank) {
    sum += static_cast<double>(rank) * (rank + 1);
    samples += rank + 1;
  }
  BOOST_TEST(static_cast<double>(gradient[0]) == sum / samples, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(buckets_that_are_unknown_left_out_or_started_twice_are_refused) {
  for (const Made make : kinds) {
    const auto exchange = make(*connected, teranga::plan_buckets(segments_of({100, 100}), {1, 1}));
    BOOST_REQUIRE(exchange->buckets().size() == 2u);
    std::vector<float> values(100);
    BOOST_CHECK_THROW(exchange->start(2, values), teranga::Error);
    BOOST_CHECK_THROW(exchange->start(0, std::span(values).first(99)), teranga::Error);
    exchange->start(0, values);
    BOOST_CHECK_THROW(exchange->start(0, values), teranga::Error);
    BOOST_CHECK_THROW(exchange->finish(), teranga::Error);
    std::vector<float> others(100);
    exchange->start(1, others);
    exchange->finish();
  }
}
