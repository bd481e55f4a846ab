// SPDX-License-Identifier: Apache-2.0
// The embedded digits.
#include <boost/test/unit_test.hpp>

#include <array>
#include <numeric>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;

std::vector<std::int64_t> first(std::int64_t count) {
  std::vector<std::int64_t> samples(static_cast<std::size_t>(count));
  std::iota(samples.begin(), samples.end(), std::int64_t{0});
  return samples;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_digits_are_those_of_the_repository) {
  Dataset data("datasets_digits", "teranga.digits", {});
  BOOST_TEST(data.count(TRG_TRAIN) == 1437);
  BOOST_TEST(data.count(TRG_TEST) == 360);
  const auto fields = data.fields();
  BOOST_TEST(fields[0].shape == (std::vector<std::int64_t>{8, 8, 1}), boost::test_tools::per_element());
  BOOST_TEST(fields[1].classes == 10);
  BOOST_TEST(fields[1].class_names[9] == "9");
  // The first digit, and figures over all of them (numpy: data.sum() = 561718, bincount of the labels).
  const auto zero = data.fill<float>(TRG_TRAIN, {0}, 0);
  const std::vector<float> first_row = {0, 0, 5, 13, 9, 1, 0, 0};
  for (std::size_t i = 0; i < 8; ++i) BOOST_TEST(zero[i] == first_row[i] / 16);
  double sum = 0;
  std::array<int, 10> labels{};
  for (const auto& [part, count] : {std::pair{TRG_TRAIN, 1437}, std::pair{TRG_TEST, 360}}) {
    for (const float pixel : data.fill<float>(part, first(count), 0)) sum += pixel;
    for (const std::int32_t label : data.fill<std::int32_t>(part, first(count), 1)) ++labels[static_cast<std::size_t>(label)];
  }
  BOOST_TEST(sum * 16 == 561718);
  BOOST_TEST(labels == (std::array<int, 10>{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(pixels_can_be_scaled_otherwise) {
  Dataset data("datasets_digits", "teranga.digits", {{"scale", 1.0}});
  BOOST_TEST(data.fill<float>(TRG_TRAIN, {0}, 0)[3] == 13.f);
}
