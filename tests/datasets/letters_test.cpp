// SPDX-License-Identifier: Apache-2.0
// Letters and digits that are drawn: what the pictures depend on, and that they show the characters.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <numeric>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;

Dataset letters(const GivenOptions& options) { return Dataset("datasets_letters", "teranga.letters", options); }

std::vector<std::int64_t> from_to(std::int64_t begin, std::int64_t end) {
  std::vector<std::int64_t> samples(static_cast<std::size_t>(end - begin));
  std::iota(samples.begin(), samples.end(), begin);
  return samples;
}

double squared_distance(const float* a, const float* b, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>((a[i] - b[i]) * (a[i] - b[i]));
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(there_are_as_many_of_each_as_asked_for) {
  Dataset data = letters({{"samples", std::int64_t{78}}, {"validation_samples", std::int64_t{26}}, {"test_samples", std::int64_t{52}}, {"image_size", std::int64_t{12}}});
  BOOST_TEST(data.count(TRG_TRAIN) == 78);
  BOOST_TEST(data.count(TRG_VALIDATION) == 26);
  BOOST_TEST(data.count(TRG_TEST) == 52);
  const auto fields = data.fields();
  BOOST_TEST(fields[0].shape == (std::vector<std::int64_t>{12, 12, 1}), boost::test_tools::per_element());
  BOOST_TEST(fields[1].classes == 26);
  BOOST_TEST(fields[1].class_names[0] == "A");
  BOOST_TEST(fields[1].class_names[25] == "Z");
  std::array<int, 26> counts{};
  for (const std::int32_t label : data.fill<std::int32_t>(TRG_TRAIN, from_to(0, 78), 1)) ++counts[static_cast<std::size_t>(label)];
  BOOST_TEST((std::ranges::all_of(counts, [](int count) { return count == 3; })));
  const auto pixels = data.fill<float>(TRG_TRAIN, from_to(0, 78), 0);
  BOOST_TEST(*std::ranges::min_element(pixels) == 0.f);
  BOOST_TEST(*std::ranges::max_element(pixels) <= 1.f);
  BOOST_TEST(*std::ranges::max_element(pixels) > 0.7f);
  const auto digits = letters({{"characters", std::string("digits")}, {"samples", std::int64_t{10}}}).fields();
  BOOST_TEST(digits[1].classes == 10);
  BOOST_TEST(digits[1].class_names[9] == "9");
  BOOST_TEST(letters({{"characters", std::string("both")}, {"samples", std::int64_t{36}}}).fields()[1].class_names[10] == "A");
}

BOOST_AUTO_TEST_CASE(a_picture_depends_on_seed_part_and_sample_alone) {
  const auto picture = [](std::int64_t seed, std::int64_t samples, std::int32_t part, std::int64_t sample) {
    return letters({{"samples", samples}, {"test_samples", std::int64_t{100}}, {"seed", seed}}).fill<float>(part, {sample}, 0);
  };
  const auto one = picture(1, 100, TRG_TRAIN, 27);
  BOOST_TEST(one == picture(1, 30, TRG_TRAIN, 27), boost::test_tools::per_element());
  BOOST_TEST((one != picture(2, 100, TRG_TRAIN, 27)));
  BOOST_TEST((one != picture(1, 100, TRG_TRAIN, 53)));  // the same letter
  BOOST_TEST((one != picture(1, 100, TRG_TEST, 27)));
}

BOOST_AUTO_TEST_CASE(a_steady_hand_draws_the_strokes_of_the_letters) {
  Dataset data = letters({{"wobble", 0.0}, {"samples", std::int64_t{52}}, {"image_size", std::int64_t{20}}});
  const auto pixel = [&](char letter, std::size_t row, std::size_t column) { return data.fill<float>(TRG_TRAIN, {letter - 'A'}, 0)[row * 20 + column]; };
  // The letters fill the middle: columns 5 to 15, rows 4 to 16.
  BOOST_TEST(pixel('I', 10, 10) > 0.7f);
  BOOST_TEST(pixel('I', 10, 6) == 0.f);
  BOOST_TEST(pixel('L', 10, 6) > 0.5f);
  BOOST_TEST(pixel('L', 15, 11) > 0.5f);
  BOOST_TEST(pixel('L', 6, 12) == 0.f);
  BOOST_TEST(pixel('O', 10, 10) == 0.f);
  BOOST_TEST(pixel('T', 4, 7) > 0.5f);
  BOOST_TEST(pixel('T', 15, 7) == 0.f);
  BOOST_TEST(data.fill<float>(TRG_TRAIN, {3}, 0) == data.fill<float>(TRG_TRAIN, {3 + 26}, 0), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(characters_of_a_slightly_unsteady_hand_are_nearest_to_their_own) {
  constexpr std::size_t size = 20 * 20;
  const std::int64_t all = 36;
  Dataset steady = letters({{"characters", std::string("both")}, {"wobble", 0.0}, {"samples", all}, {"image_size", std::int64_t{20}}});
  Dataset unsteady = letters({{"characters", std::string("both")}, {"wobble", 0.25}, {"samples", 10 * all}, {"image_size", std::int64_t{20}}});
  const auto own = steady.fill<float>(TRG_TRAIN, from_to(0, all), 0), others = unsteady.fill<float>(TRG_TRAIN, from_to(0, 10 * all), 0);
  int right = 0;
  for (std::size_t i = 0; i < 360; ++i) {
    std::size_t nearest = 0;
    for (std::size_t c = 1; c < 36; ++c)
      if (squared_distance(&others[i * size], &own[c * size], size) < squared_distance(&others[i * size], &own[nearest * size], size)) nearest = c;
    right += nearest == i % 36;
  }
  BOOST_TEST(right > 324);  // nine of ten
}
