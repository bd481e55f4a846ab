// SPDX-License-Identifier: Apache-2.0
// Gradients on real ranks: sums over unequal shares, a rank without samples, buckets of every size, and misuse.
#include <boost/test/unit_test.hpp>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/gradient_exchange.hpp>
#include <teranga/core/error.hpp>

#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

namespace {

std::unique_ptr<teranga::Communicator> connected;

struct Connection {
  void setup() { connected = teranga::Communicator::connect(); }
  void teardown() { connected.reset(); }
};
BOOST_TEST_GLOBAL_FIXTURE(Connection);

// One step: every rank has samples in number of its rank (rank 0 has none), and a sample adds i mod 5 to gradient i.
void step(teranga::GradientExchange& exchange, std::vector<float>& gradients) {
  for (std::size_t i = 0; i < gradients.size(); ++i) gradients[i] = static_cast<float>(connected->rank() * static_cast<int>(i % 5));
  for (std::size_t bucket = 0; bucket < exchange.buckets().size(); ++bucket) {
    const teranga::Bucket& b = exchange.buckets()[bucket];
    exchange.start(bucket, std::span(gradients).subspan(b.begin, b.count));
  }
  exchange.finish();
}

bool is_sum_over_ranks(const std::vector<float>& gradients) {
  const int samples = connected->size() * (connected->size() - 1) / 2;
  for (std::size_t i = 0; i < gradients.size(); ++i)
    if (gradients[i] != static_cast<float>(samples * static_cast<int>(i % 5))) return false;
  return true;
}

}  // namespace

BOOST_AUTO_TEST_CASE(gradients_of_unequal_shares_add_up_step_after_step) {
  for (const std::vector<std::size_t>& segments :
       {std::vector<std::size_t>{}, {1}, {0, 7, 0}, {7919, 31, 1}, {25, 500, 25000, 50, 400000, 500, 5000, 10}, {3000000, 1000}}) {
    const auto exchange = teranga::blocking_exchange(*connected, teranga::plan_buckets(segments));
    std::vector<float> gradients(std::accumulate(segments.begin(), segments.end(), std::size_t{0}));
    for (int repeat = 0; repeat < 3; ++repeat) {
      step(*exchange, gradients);
      BOOST_TEST(is_sum_over_ranks(gradients), segments.size() << " segments");
    }
  }
}

BOOST_AUTO_TEST_CASE(the_mean_of_unequal_shares_is_weighted_by_samples) {
  // The caller divides by the global denominator: rank r has r + 1 samples of value r.
  const double own = connected->rank() + 1;
  std::vector<double> denominator = {own};
  connected->sum(denominator);
  const std::vector<std::size_t> segments = {1};
  const auto exchange = teranga::blocking_exchange(*connected, teranga::plan_buckets(segments));
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

BOOST_AUTO_TEST_CASE(buckets_out_of_order_or_left_out_are_refused) {
  const std::vector<std::size_t> segments = {100, 100};
  const auto exchange = teranga::blocking_exchange(*connected, teranga::plan_buckets(segments, {1, 1}));
  BOOST_REQUIRE(exchange->buckets().size() == 2u);
  std::vector<float> values(100);
  BOOST_CHECK_THROW(exchange->start(1, values), teranga::Error);
  BOOST_CHECK_THROW(exchange->start(0, std::span(values).first(99)), teranga::Error);
  exchange->start(0, values);
  BOOST_CHECK_THROW(exchange->finish(), teranga::Error);
}
