// SPDX-License-Identifier: Apache-2.0
// The bucket plan covers every segment once, from the last to the first, in pieces of the stated sizes.
#include <boost/test/unit_test.hpp>

#include <teranga/comm/gradient_exchange.hpp>

#include <utility>
#include <vector>

using teranga::Bucket;

namespace {

// Of segments of these sizes, one behind another.
std::vector<Bucket> plan_buckets(const std::vector<std::size_t>& counts, teranga::BucketSizes sizes = {}) {
  std::vector<teranga::Segment> segments;
  std::size_t begin = 0;
  for (const std::size_t count : counts) segments.push_back({std::exchange(begin, begin + count), count});
  return teranga::plan_buckets(segments, sizes);
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_segments_need_no_buckets) { BOOST_TEST(plan_buckets({}).empty()); }

BOOST_AUTO_TEST_CASE(a_small_model_is_one_bucket) {
  const std::vector<std::size_t> segments = {784 * 10, 10};
  const std::vector<Bucket> buckets = plan_buckets(segments);
  BOOST_REQUIRE(buckets.size() == 1u);
  BOOST_TEST(buckets[0].first_segment == 0u);
  BOOST_TEST(buckets[0].segments == 2u);
  BOOST_TEST(buckets[0].begin == 0u);
  BOOST_TEST(buckets[0].count == 7850u);
}

BOOST_AUTO_TEST_CASE(buckets_run_from_the_last_segment_to_the_first_without_gap) {
  const std::vector<std::size_t> segments = {5, 0, 900, 100, 1, 2000000, 3, 7, 65536, 65536, 9};
  const std::vector<Bucket> buckets = plan_buckets(segments, {400, 4000});
  std::size_t end = 0;
  for (const std::size_t count : segments) end += count;
  std::size_t segment = segments.size();
  for (const Bucket& bucket : buckets) {
    BOOST_TEST(bucket.begin + bucket.count == end);
    BOOST_TEST(bucket.first_segment + bucket.segments == segment);
    std::size_t count = 0;
    for (std::size_t i = 0; i < bucket.segments; ++i) count += segments[bucket.first_segment + i];
    BOOST_TEST(bucket.count == count);
    end = bucket.begin;
    segment = bucket.first_segment;
  }
  BOOST_TEST(end == 0u);
  BOOST_TEST(segment == 0u);
}

BOOST_AUTO_TEST_CASE(a_bucket_closes_once_it_has_its_size_and_the_first_is_smaller) {
  const std::vector<std::size_t> segments(20, 100);  // 400 bytes each
  const std::vector<Bucket> buckets = plan_buckets(segments, {800, 2000});
  BOOST_REQUIRE(buckets.size() == 5u);
  BOOST_TEST(buckets[0].segments == 2u);
  for (std::size_t i = 1; i < 4; ++i) BOOST_TEST(buckets[i].segments == 5u);
  BOOST_TEST(buckets[4].segments == 3u);
}

BOOST_AUTO_TEST_CASE(usual_buckets_are_an_eighth_of_all_within_limits) {
  constexpr std::size_t kib = 1024;
  BOOST_TEST(teranga::usual_sizes(100 * kib).other_bytes == 256 * kib);
  BOOST_TEST(teranga::usual_sizes(8192 * kib).other_bytes == 1024 * kib);
  BOOST_TEST(teranga::usual_sizes(1000000 * kib).other_bytes == 4096 * kib);
  const std::vector<std::size_t> segments(64, 32 * 256);  // 32 KiB each, 2 MiB in all
  BOOST_TEST(plan_buckets(segments, teranga::usual_sizes(2048 * kib)).size() == 8u);
}

BOOST_AUTO_TEST_CASE(a_gap_between_segments_closes_a_bucket) {
  const std::vector<teranga::Segment> segments = {{0, 10}, {10, 20}, {1030, 10}};
  const std::vector<Bucket> buckets = teranga::plan_buckets(segments);
  BOOST_REQUIRE(buckets.size() == 2u);
  BOOST_TEST(buckets[0].begin == 1030u);
  BOOST_TEST(buckets[0].count == 10u);
  BOOST_TEST(buckets[0].first_segment == 2u);
  BOOST_TEST(buckets[1].begin == 0u);
  BOOST_TEST(buckets[1].count == 30u);
  BOOST_TEST(buckets[1].segments == 2u);
}
