// SPDX-License-Identifier: Apache-2.0
// Sheets of small pictures, the lines of pictures.jsonl, the sections that show them, and the room that a page has for them.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <teranga/report/page.hpp>
#include <teranga/report/picture_tiles.hpp>

#include <teranga/report/flat_object.hpp>
#include "page_room.hpp"
#include "picture_lines.hpp"

using namespace teranga::report;
using Bytes = std::vector<std::uint8_t>;

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++out;
  return out;
}

std::string address(std::size_t bytes) { return "data:image/png;base64," + std::string(bytes, 'A'); }

RunRecord run_with(PicturesFact pictures) {
  RunRecord run;
  run.name = "pictured";
  run.pictures = std::move(pictures);
  return run;
}

// What the lines say.
std::pair<PicturesFact, std::vector<std::string>> taken(const std::vector<std::string>& lines) {
  std::pair<PicturesFact, std::vector<std::string>> out;
  for (const std::string& line : lines) take_picture(flat_object(line).value(), out.first, out.second);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(numbers_become_levels_between_black_and_white) {
  const std::vector<double> numbers = {-1, 0, 1, 3, std::numeric_limits<double>::quiet_NaN(), 0.5};
  const Levels levels = levels_of(numbers);
  BOOST_TEST(levels.black == -1);
  BOOST_TEST(levels.white == 3);
  BOOST_TEST(levels_around_zero(numbers).black == -3);
  const Pixels pixels = pixels_of(numbers, {2, 3, 1}, levels, 100);
  BOOST_TEST(pixels.bytes == (Bytes{0, 64, 128, 255, 0, 96}), boost::test_tools::per_element());
  BOOST_TEST(pixels_of(numbers, {2, 3, 1}, {0, 1}, 100).bytes == (Bytes{0, 0, 255, 255, 0, 128}), boost::test_tools::per_element());
  BOOST_TEST(pixels_of(std::vector<double>{7, 7}, {1, 2, 1}, levels_of(std::vector<double>{7, 7}), 100).bytes == (Bytes{0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_a_large_picture_every_nth_row_and_column_is_kept) {
  std::vector<double> numbers;
  for (int i = 0; i < 5 * 4 * 3; ++i) numbers.push_back(i);
  const Pixels pixels = pixels_of(numbers, {5, 4, 3}, {0, 255}, 2);  // every third one
  BOOST_TEST(pixels.height == 2u);
  BOOST_TEST(pixels.width == 2u);
  BOOST_TEST(pixels.bytes == (Bytes{0, 1, 2, 9, 10, 11, 36, 37, 38, 45, 46, 47}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_sheet_has_a_gray_line_around_each_picture) {
  const Pixels one{2, 1, 1, {1, 2}}, two{2, 1, 1, {3, 4}}, three{2, 1, 1, {5, 6}};
  const Pixels sheet = sheet_of({one, two, three}, 2);
  BOOST_TEST(sheet.width == 7u);
  BOOST_TEST(sheet.height == 5u);
  const std::uint8_t g = 128;
  BOOST_TEST(sheet.bytes == (Bytes{g, g, g, g, g, g, g, g, 1, 2, g, 3, 4, g, g, g, g, g, g, g, g, g, 5, 6, g, g, g, g, g, g, g, g, g, g, g}), boost::test_tools::per_element());
  BOOST_TEST(sheet_of({one}, 9).width == 4u);
  BOOST_TEST(sheet_of({}, 3).bytes.empty());
  const Pixels twice = sheet_of({one}, 1, 2);
  BOOST_TEST(twice.width == 6u);
  BOOST_TEST(twice.height == 4u);
  BOOST_TEST(Bytes(twice.bytes.begin() + 12, twice.bytes.begin() + 18) == (Bytes{g, 1, 1, 2, 2, g}), boost::test_tools::per_element());
  const Pixels colour{1, 1, 3, {1, 2, 3}};
  BOOST_TEST(sheet_of({colour}, 1).bytes[12] == 1);  // row 1, column 1 of 3 x 3
}

BOOST_AUTO_TEST_CASE(a_room_that_is_full_takes_what_still_fits) {
  PageRoom room(100);
  BOOST_TEST(room.take(60));
  BOOST_TEST(!room.take(41));
  BOOST_TEST(room.take(40));
  BOOST_TEST(room.left() == 0);
  BOOST_TEST(room.refused() == 1);
}

BOOST_AUTO_TEST_CASE(each_kind_of_picture_has_a_section) {
  PicturesFact pictures;
  pictures.made = {{"made", 1, "of noise", 100, address(40)}, {"made", 7, "of noise", 100, address(44)}};
  pictures.layers = {{"filters", 0, "20 filters", 100, address(48)}, {"sample", 0, "a shoe", 100, address(52)}, {"maps", 0, "6 maps", 100, address(56)}};
  pictures.heads = {{"Head 1", {"the", "film"}, {"the", "film"}, address(60)}};
  pictures.planes = {{"by PCA", {{"cats", {{0, 1000, ""}, {500, 500, ""}}}, {"dogs", {{1000, 0, ""}}}}}};
  const std::string html = page({run_with(pictures)});
  BOOST_TEST(times(html, "<img src=") == 5);
  BOOST_TEST(times(html, "<image href=") == 1);
  BOOST_TEST(html.find("epoch 1<") < html.find("epoch 7<"));
  BOOST_TEST(times(html, "class=\"spot") == 5);  // 3 spots, and 2 in the key
  BOOST_TEST(holds(html, "<title>dogs</title>"));
  BOOST_TEST(holds(html, "cx=\"18.0\" cy=\"18.0\""));  // left above
  BOOST_TEST(times(html, ">film</text>") == 2);
  BOOST_TEST(!holds(html, "Left out"));
}

BOOST_AUTO_TEST_CASE(classes_beyond_the_colours_have_other_marks) {
  PlaneFact plane{"many", {}};
  for (int i = 0; i < 20; ++i) plane.groups.push_back({std::to_string(i), {{1, 1, ""}}});
  const std::string html = page({run_with({1234, {}, {}, {}, {plane}})});
  BOOST_TEST(holds(html, "After step 1,234."));
  BOOST_TEST(times(html, "h6v6h-6z") == 16);
  BOOST_TEST(times(html, "h-7.6z") == 8);
}

BOOST_AUTO_TEST_CASE(words_that_would_lie_on_each_other_are_left_to_the_mouse) {
  const PlaneFact plane{"words", {{"", {{500, 500, "good"}, {501, 500, "great"}, {100, 900, "bad"}}}}};
  const std::string html = page({run_with({1234, {}, {}, {}, {plane}})});
  BOOST_TEST(times(html, "class=\"label\"") == 2);
  for (const char* word : {"good", "great", "bad"}) BOOST_TEST(holds(html, std::string("<title>") + word + "</title>"));
}

BOOST_AUTO_TEST_CASE(a_page_with_very_many_pictures_stays_small_and_says_so) {
  PicturesFact pictures;
  for (int i = 1; i <= 64; ++i) pictures.made.push_back({"made", i, "of noise", 100, address(90000)});
  RunRecord run = run_with(pictures);
  run.recipe = std::string(1 << 20, '\'');
  const std::string html = page({run});
  BOOST_TEST(html.size() < 3u << 20);
  BOOST_TEST(html.size() > 2u << 20);
  BOOST_TEST(holds(html, "Number of those that are left out: "));
  BOOST_TEST(holds(html, "epoch 64<"));  // the last epochs stay
  BOOST_TEST(!holds(html, "epoch 1<"));
  const std::string of_many = page(std::vector<RunRecord>(64, run));
  BOOST_TEST(of_many.size() < 3u << 20);
  BOOST_TEST(holds(of_many, "There is no room for the epochs"));
}

BOOST_AUTO_TEST_CASE(lines_of_pictures_are_read) {
  const auto [pictures, notes] = taken({R"({"event":"made","epoch":3,"words":"of noise","width":160,"picture":")" + address(8) + "\"}", R"({"event":"filters","words":"w","width":9,"picture":")" + address(8) + "\"}",
                                        "{\"event\":\"head\",\"words\":\"h\",\"queries\":\"a\\u001fb\",\"keys\":\"c\",\"picture\":\"" + address(8) + "\"}", R"({"event":"plane","words":"p"})",
                                        "{\"event\":\"group\",\"name\":\"n\",\"spots\":\"1 2 3 4000\",\"labels\":\"x\\u001fy\"}", R"({"event":"left_out","words":"too large"})", R"({"event":"network","step":77})"});
  BOOST_TEST(pictures.step == 77);
  BOOST_REQUIRE(pictures.made.size() == 1u);
  BOOST_TEST(pictures.made[0].epoch == 3);
  BOOST_TEST(pictures.made[0].width == 160);
  BOOST_TEST(pictures.layers.size() == 1);
  BOOST_REQUIRE(pictures.heads.size() == 1u);
  BOOST_TEST(pictures.heads[0].queries.size() == 2);
  BOOST_REQUIRE(pictures.planes.size() == 1u);
  const SpotGroup& group = pictures.planes[0].groups.at(0);
  BOOST_REQUIRE(group.spots.size() == 2u);
  BOOST_TEST(group.spots[1].x == 3);
  BOOST_TEST(group.spots[1].y == 1000);  // and no farther
  BOOST_TEST(group.spots[1].label == "y");
  BOOST_REQUIRE(notes.size() == 1u);
  BOOST_TEST(notes[0] == "too large");
}

BOOST_AUTO_TEST_CASE(lines_of_pictures_are_bounded_and_not_trusted) {
  std::vector<std::string> lines = {R"({"event":"group","name":"of no plane","spots":"1 2"})", R"({"event":"made","words":"no picture","picture":"https://elsewhere/x.png"})", R"({"event":"head","words":"no steps","picture":")" + address(8) + "\"}",
                                    R"({"event":"plane","words":"p"})", R"({"event":"group","name":"<b>","spots":"1 2 x 3"})"};
  for (int i = 0; i < 200; ++i) lines.push_back(R"({"event":"maps","words":"<script>","width":1e300,"picture":")" + address(8) + "\"}"), lines.push_back(R"({"event":"left_out","words":"<i>"})");
  const auto [pictures, notes] = taken(lines);
  BOOST_TEST(pictures.made.empty());
  BOOST_TEST(pictures.heads.empty());
  BOOST_TEST(pictures.layers.size() == 64);
  BOOST_TEST(notes.size() == 50);
  BOOST_TEST(pictures.planes.at(0).groups.at(0).spots.size() == 1);
  RunRecord run = run_with(pictures);
  run.notes = notes;
  const std::string html = page({run});
  for (const char* element : {"<script", "<b>", "<i>"}) BOOST_TEST(!holds(html, element));
}
