// SPDX-License-Identifier: Apache-2.0
// Records of event files to the byte, and the text for Prometheus; what TensorBoard and Prometheus make of them is in tests/train/dashboards.py.
#include <boost/test/unit_test.hpp>

#include <array>
#include <limits>
#include <string>
#include <vector>

#include <teranga/report/event_file.hpp>
#include <teranga/report/picture_sheet.hpp>
#include <teranga/report/prometheus_text.hpp>

using namespace teranga::report;

namespace {

std::string bytes_of(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_record_has_its_length_and_two_masked_checksums) {
  // As tensorboard.summary.writer.record_writer writes it. The CRC-32C of these nine letters is 0xe3069283, the check value of the catalogues of CRCs.
  BOOST_TEST((record_of("123456789") == bytes_of({9, 0, 0, 0, 0, 0, 0, 0, 0x37, 0xf9, 0x71, 0x39}) + "123456789" + bytes_of({0xe5, 0xb0, 0x8a, 0xc7})));
  BOOST_TEST(record_of("").size() == 16U);
}

BOOST_AUTO_TEST_CASE(a_histogram_of_nothing_or_of_what_is_not_finite_is_left_out) {
  EventSummary summary;
  summary.add_histogram("none", {});
  const std::array<float, 2> broken{1.0F, std::numeric_limits<float>::quiet_NaN()};
  summary.add_histogram("broken", broken);
  BOOST_TEST(summary.empty());
  const std::array<float, 2> equal{0.5F, 0.5F};
  summary.add_histogram("equal", equal);
  BOOST_TEST(!summary.empty());
}

BOOST_AUTO_TEST_CASE(a_block_of_code_ends_behind_every_fence_in_it) {
  BOOST_TEST(code_block("a = 1\n") == "```\na = 1\n```");
  BOOST_TEST(code_block("a = 1") == "```\na = 1\n```");
  BOOST_TEST(code_block("```\n````") == "`````\n```\n````\n`````");
}

BOOST_AUTO_TEST_CASE(numbers_for_prometheus_are_kept_by_name_and_labels) {
  PrometheusText numbers(PrometheusLabels{{"run", "a\"b\\c\nd"}});
  numbers.set("loss", "The loss.\nOr \\ so.", 0.5, {{"part", "train"}});
  numbers.set("step", "Steps.", 3);
  numbers.set("loss", "The loss.", std::numeric_limits<double>::infinity(), {{"part", "validation"}});
  numbers.set("loss", "The loss.", 0.25, {{"part", "train"}});
  BOOST_TEST(numbers.text() ==
             "# HELP loss The loss.\\nOr \\\\ so.\n# TYPE loss gauge\n"
             "loss{run=\"a\\\"b\\\\c\\nd\",part=\"train\"} 0.25\n"
             "loss{run=\"a\\\"b\\\\c\\nd\",part=\"validation\"} +Inf\n"
             "# HELP step Steps.\n# TYPE step gauge\n"
             "step{run=\"a\\\"b\\\\c\\nd\"} 3\n");
}

BOOST_AUTO_TEST_CASE(a_name_for_prometheus_has_its_letters_alone) {
  PrometheusText numbers(PrometheusLabels{});
  numbers.set("f1-score", "F1.", std::numeric_limits<double>::quiet_NaN());
  numbers.set("f1_score", "Another number.", 1);  // it would stand twice
  numbers.set("1st", "First.", -std::numeric_limits<double>::infinity());
  BOOST_TEST(numbers.text() == "# HELP f1_score F1.\n# TYPE f1_score gauge\nf1_score NaN\n# HELP _st First.\n# TYPE _st gauge\n_st -Inf\n");
}

BOOST_AUTO_TEST_CASE(a_sheet_has_all_pictures_between_lines) {
  // Two pictures of 32 x 32 in two columns: black and white, with nothing to enlarge.
  std::vector<float> made(2 * 32 * 32, 0.0F);
  std::fill(made.begin() + 32 * 32, made.end(), 1.0F);
  const Pixels sheet = picture_sheet({2, 32, 32, 1, made, {}}, 2);
  BOOST_TEST(sheet.width == 70U);
  BOOST_TEST(sheet.height == 36U);
  BOOST_TEST(sheet.bytes.size() == 70U * 36U);
  const auto at = [&](std::size_t y, std::size_t x) { return static_cast<int>(sheet.bytes[y * 70 + x]); };
  BOOST_TEST(at(0, 0) == 128);
  BOOST_TEST(at(2, 2) == 0);
  BOOST_TEST(at(33, 33) == 0);
  BOOST_TEST(at(2, 34) == 128);
  BOOST_TEST(at(2, 36) == 255);
  BOOST_TEST(at(33, 67) == 255);
}
