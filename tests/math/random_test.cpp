// SPDX-License-Identifier: Apache-2.0
// Philox against its published vectors; streams: independent of chunking, right in distribution, unchanged from release to release.
#include <boost/test/unit_test.hpp>

#include <teranga/math/random.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <tuple>
#include <vector>

using teranga::math::RandomStream;
using Words = std::array<std::uint32_t, 4>;

namespace {

template <class T>
std::vector<T> draws(bool normal, const RandomStream& stream, std::uint64_t first, std::size_t count) {
  std::vector<T> out(count + 1, T(-77));
  if (normal)
    stream.normal(first, static_cast<std::int64_t>(count), out.data());
  else
    stream.uniform(first, static_cast<std::int64_t>(count), out.data());
  BOOST_TEST(out.back() == T(-77));  // nothing is written behind the end
  out.pop_back();
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(philox_gives_the_published_words) {
  BOOST_TEST((teranga::math::philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t f = 0xffffffff;
  BOOST_TEST((teranga::math::philox({f, f, f, f}, {f, f}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  BOOST_TEST((teranga::math::philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
              Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

BOOST_AUTO_TEST_CASE(words_are_the_counters_of_a_row_in_order) {
  const std::uint64_t key = 0x0123456789abcdef;
  const std::uint64_t row = 0xfedcba9876543210;
  const std::uint64_t far = (std::uint64_t{1} << 33) + 4 * 5;  // its counter has a high half
  std::vector<std::uint32_t> out(8);
  RandomStream(key, row).bits(far, 8, out.data());
  for (std::uint64_t block = 0; block < 2; ++block) {
    const std::uint64_t counter = far / 4 + block;
    const Words expected = teranga::math::philox(
        {static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 0x76543210, 0xfedcba98}, {0x89abcdef, 0x01234567});
    BOOST_TEST(std::equal(expected.begin(), expected.end(), out.begin() + static_cast<std::ptrdiff_t>(4 * block)));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_draw_does_not_depend_on_the_chunk_it_comes_in, T, decltype(std::tuple<float, double>())) {
  const RandomStream stream(42, 7);
  for (const bool normal : {false, true}) {
    const std::vector<T> whole = draws<T>(normal, stream, 0, 1000);
    for (const std::size_t first : {0, 1, 2, 3, 4, 63, 64, 65, 127, 500})
      for (const std::size_t count : {0, 1, 2, 3, 5, 60, 64, 67, 128, 300}) {
        const std::vector<T> part = draws<T>(normal, stream, first, count);
        BOOST_TEST(std::memcmp(part.data(), whole.data() + first, count * sizeof(T)) == 0, "first " << first << " count " << count);
      }
  }
}

BOOST_AUTO_TEST_CASE(uniform_draws_fill_the_unit_interval_evenly) {
  const auto values = draws<float>(false, RandomStream(1, 2), 0, 1000000);
  BOOST_TEST(*std::min_element(values.begin(), values.end()) >= 0.0f);
  BOOST_TEST(*std::max_element(values.begin(), values.end()) < 1.0f);
  std::array<int, 10> tenths{};
  for (const float value : values) ++tenths[static_cast<std::size_t>(value * 10)];
  for (const int number : tenths) BOOST_TEST(std::abs(number - 100000) < 1500);  // 5 standard deviations
}

BOOST_AUTO_TEST_CASE(f64_uniform_draws_are_the_f32_ones) {
  const auto single = draws<float>(false, RandomStream(3, 4), 9, 1000);
  const auto twice = draws<double>(false, RandomStream(3, 4), 9, 1000);
  BOOST_TEST(std::equal(single.begin(), single.end(), twice.begin(), [](float a, double b) { return static_cast<double>(a) == b; }));
}

BOOST_AUTO_TEST_CASE(normal_draws_have_the_moments_and_tails_of_the_normal_distribution) {
  const std::size_t count = 4000000;
  const auto values = draws<float>(true, RandomStream(5, 6), 0, count);
  double sum = 0, squares = 0, cubes = 0, fourths = 0;
  int beyond_2 = 0, beyond_4 = 0, near_zero = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = static_cast<double>(values[i]);
    sum += x;
    squares += x * x;
    cubes += x * x * x;
    fourths += x * x * x * x;
    beyond_2 += std::fabs(x) > 2;
    beyond_4 += std::fabs(x) > 4;
    near_zero += std::fabs(x) < 1e-3;
    if (i % 2) pairs += x * static_cast<double>(values[i - 1]);
  }
  const double n = static_cast<double>(count);
  BOOST_TEST(std::fabs(sum / n) < 0.0025);
  BOOST_TEST(std::fabs(squares / n - 1) < 0.004);
  BOOST_TEST(std::fabs(cubes / n) < 0.01);
  BOOST_TEST(std::fabs(fourths / n - 3) < 0.03);
  BOOST_TEST(std::fabs(pairs / (n / 2)) < 0.004);
  BOOST_TEST(std::fabs(beyond_2 - 0.0455003 * n) < 2100);
  BOOST_TEST(std::fabs(beyond_4 - 6.3342e-5 * n) < 80);
  BOOST_TEST(std::fabs(near_zero - 7.9788e-4 * n) < 300);
}

BOOST_AUTO_TEST_CASE(f64_normal_draws_differ_by_f32_rounding_only) {
  const auto single = draws<float>(true, RandomStream(8, 9), 0, 1000000);
  const auto twice = draws<double>(true, RandomStream(8, 9), 0, 1000000);
  double worst = 0;
  for (std::size_t i = 0; i < single.size(); ++i) worst = std::max(worst, std::fabs(static_cast<double>(single[i]) - twice[i]));
  BOOST_TEST(worst < 3e-6);
}

BOOST_AUTO_TEST_CASE(keys_and_rows_give_different_streams) {
  const auto base = draws<float>(false, RandomStream(10, 20), 0, 64);
  BOOST_TEST((base != draws<float>(false, RandomStream(11, 20), 0, 64)));
  BOOST_TEST((base != draws<float>(false, RandomStream(10, 21), 0, 64)));
  BOOST_TEST((base != draws<float>(false, RandomStream(20, 10), 0, 64)));
  BOOST_TEST((base == draws<float>(false, RandomStream(10, 20), 0, 64)));
}

// The same on every x86-64 CPU; a change here changes every run that is repeated with the same seed.
BOOST_AUTO_TEST_CASE(a_million_normal_draws_have_the_bits_they_always_had) {
  std::uint64_t hash = 1469598103934665603u;  // FNV-1a over words
  for (const float value : draws<float>(true, RandomStream(5, 6), 0, 1000000))
    hash = (hash ^ std::bit_cast<std::uint32_t>(value)) * 1099511628211u;
  BOOST_TEST(hash == 0xc9f8c3658e076935u);
}
