// SPDX-License-Identifier: Apache-2.0
// Rounding to bfloat16: values by hand, and every one of its numbers there and back.
#include <boost/test/unit_test.hpp>

#include <teranga/comm/wire.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace {

std::vector<std::uint16_t> rounded(const std::vector<float>& values) {
  std::vector<std::uint16_t> out(values.size());
  teranga::to_bf16(values, out);
  return out;
}

float of(std::uint16_t bits) {
  float out = 0;
  teranga::from_bf16(std::span(&bits, 1), std::span(&out, 1));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(numbers_are_rounded_to_the_nearest_and_ties_to_even) {
  const float step = std::exp2(-7.0F);  // between neighbours from 1 to 2
  const std::vector<float> values = {1, 1 + step / 2, 1 + step * 1.5F, 1 + step * 0.49F, 1 + step * 0.51F, -(1 + step / 2), 0.1F, 3.14159274F, -0.0F, 2 - step / 4};
  const std::vector<std::uint16_t> wanted = {0x3f80, 0x3f80, 0x3f82, 0x3f80, 0x3f81, 0xbf80, 0x3dcd, 0x4049, 0x8000, 0x4000};
  BOOST_TEST(rounded(values) == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_no_finite_number_stays_so) {
  using Limits = std::numeric_limits<float>;
  const std::vector<std::uint16_t> bits = rounded({Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(), std::bit_cast<float>(0x7f800001U), std::bit_cast<float>(0xffffffffU), Limits::max()});
  BOOST_TEST(bits[0] == 0x7f80);
  BOOST_TEST(bits[1] == 0xff80);
  for (const int nan : {2, 3, 4}) BOOST_TEST(std::isnan(of(bits[static_cast<std::size_t>(nan)])));
  BOOST_TEST(bits[5] == 0x7f80);  // it lies nearer to the next power of two than to the largest of the 16 bits
}

BOOST_AUTO_TEST_CASE(every_number_of_16_bits_comes_back) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = of(static_cast<std::uint16_t>(bits));
    if (std::isnan(value)) continue;
    BOOST_TEST_REQUIRE(rounded({value})[0] == bits);
  }
}

BOOST_AUTO_TEST_CASE(sums_are_made_in_f32) {
  std::vector<float> sum = {1, 2, 3};
  const std::vector<std::uint16_t> terms = rounded({std::exp2(-20.0F), 2, -3});
  teranga::add(sum, terms);
  BOOST_TEST(sum == (std::vector<float>{1 + std::exp2(-20.0F), 4, 0}), boost::test_tools::per_element());
}
