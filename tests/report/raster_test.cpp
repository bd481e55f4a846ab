// SPDX-License-Identifier: Apache-2.0
// Lines, discs and letters as pixels, and a chart that is drawn with them.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <teranga/report/chart.hpp>

#include "raster.hpp"

using namespace teranga::report;

namespace {

constexpr Colour white = {255, 255, 255}, black = {0, 0, 0};

int level(const Pixels& pixels, std::uint32_t x, std::uint32_t y) { return pixels.bytes[3 * (y * pixels.width + x)]; }

// What is covered, in pixels.
double covered(const Pixels& pixels) {
  double out = 0;
  for (std::size_t i = 0; i < pixels.bytes.size(); i += 3) out += (255 - pixels.bytes[i]) / 255.0;
  return out;
}

// Keeps where the marks of a chart are.
struct Marks final : ChartPen {
  std::vector<Place> places;
  void rule(Rule, Place, Place, const std::string&) override {}
  void curve(const Curve&, const std::vector<Place>&) override {}
  void mark(const Curve&, Place place, bool, const std::string&) override { places.push_back(place); }
  void words(const std::string&, Place, Anchor) override {}
  void label(const Curve&, const std::string&, Place) override {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_line_covers_as_many_pixels_as_it_is_wide_and_long) {
  Raster raster(40, 20, white);
  raster.line({{5, 10}, {35, 10}}, {black, 4, 1, 0, 0});
  const Pixels pixels = raster.take();
  for (std::uint32_t y = 8; y < 12; ++y) BOOST_TEST(level(pixels, 20, y) == 0);
  BOOST_TEST(level(pixels, 20, 7) == 255);
  BOOST_TEST(level(pixels, 20, 12) == 255);
  BOOST_TEST(std::abs(covered(pixels) - (30 * 4 + 3.14159 * 4)) < 2);  // with its round ends
}

BOOST_AUTO_TEST_CASE(a_line_that_meets_itself_is_no_darker_there) {
  Raster raster(20, 20, white);
  raster.line({{2, 10}, {18, 10}, {2, 10.001}}, {black, 4, 0.4, 0, 0});
  BOOST_TEST(level(raster.take(), 10, 10) == 153);  // 255 * 0.6
}

BOOST_AUTO_TEST_CASE(a_line_is_broken_where_a_number_is_none) {
  Raster raster(60, 20, white);
  raster.line({{5, 10}, {15, 10}, {30, std::numeric_limits<double>::quiet_NaN()}, {45, 10}, {55, 10}}, {black, 2, 1, 0, 0});
  const Pixels pixels = raster.take();
  BOOST_TEST(level(pixels, 10, 10) == 0);
  BOOST_TEST(level(pixels, 30, 10) == 255);
  BOOST_TEST(level(pixels, 50, 10) == 0);
}

BOOST_AUTO_TEST_CASE(dashes_go_on_around_a_corner) {
  Raster raster(60, 60, white);
  raster.line({{10, 10}, {40, 10}, {40, 40}}, {black, 2, 1, 10, 10});
  const Pixels pixels = raster.take();
  BOOST_TEST(level(pixels, 15, 10) == 0);
  BOOST_TEST(level(pixels, 25, 10) == 255);
  BOOST_TEST(level(pixels, 35, 10) == 0);
  BOOST_TEST(level(pixels, 40, 15) == 255);
  BOOST_TEST(level(pixels, 40, 25) == 0);
}

BOOST_AUTO_TEST_CASE(a_disc_has_the_area_of_a_disc) {
  Raster raster(40, 40, white);
  raster.disc({20.3, 19.6}, 8, black);
  BOOST_TEST(std::abs(covered(raster.take()) - 3.14159 * 64) < 2);
}

BOOST_AUTO_TEST_CASE(what_lies_outside_is_cut) {
  Raster raster(10, 10, white);
  raster.line({{-1000, 5}, {1000, 5}}, {black, 2, 1, 0, 0});
  raster.disc({-50, -50}, 3, black);
  raster.words("outside", {-20, 200}, 2, black);
  BOOST_TEST(covered(raster.take()) == 20);
}

BOOST_AUTO_TEST_CASE(letters_stand_on_their_line) {
  Raster raster(20, 12, white);
  raster.words("Tp", {1, 8}, 1, black);
  const Pixels pixels = raster.take();
  std::string drawn;
  for (std::uint32_t y = 1; y < 10; ++y, drawn += '\n')
    for (std::uint32_t x = 1; x < 12; ++x) drawn += level(pixels, x, y) == 0 ? '#' : '.';
  BOOST_TEST(drawn == "#####......\n..#........\n..#...####.\n..#...#...#\n..#...#...#\n..#...#...#\n..#...####.\n......#....\n......#....\n");
  BOOST_TEST(Raster::width_of("Tp", 3) == 33);
  Raster dots(8, 10, white);
  dots.words("…", {1, 8}, 1, black);
  BOOST_TEST(covered(dots.take()) == 3);
  BOOST_TEST(Raster::width_of("é", 2) == 10);  // one letter, drawn as "?"
}

BOOST_AUTO_TEST_CASE(a_colour_is_three_numbers) { BOOST_TEST((colour_of("#0b62c4") == Colour{0x0b, 0x62, 0xc4})); }

BOOST_AUTO_TEST_CASE(a_picture_of_a_chart_has_each_mark_where_the_drawing_has_it) {
  RunRecord run;
  run.name = "run";
  for (int epoch = 1; epoch <= 5; ++epoch) run.epochs.push_back({10 * epoch, epoch, {{"loss", 1.0 / epoch}, {"val_loss", 1.0 / epoch + 0.1}}});
  const Chart chart = charts_of({run}).front();
  Marks marks;
  draw_chart(chart, marks);
  BOOST_REQUIRE(marks.places.size() == 10u);
  const Pixels picture = chart_picture(chart, "of a test");
  BOOST_TEST(picture.width == 960u);
  BOOST_TEST(picture.height == 652u);
  for (std::size_t i = 0; i < marks.places.size(); ++i) {
    const auto x = static_cast<std::size_t>(2 * marks.places[i].x), y = static_cast<std::size_t>(2 * (marks.places[i].y + file_head));
    const std::uint8_t* const at = &picture.bytes[3 * (y * picture.width + x)];
    BOOST_TEST((Colour{at[0], at[1], at[2]} == colour_of(light_theme.curves[i < 5 ? 0 : 1])));
  }
}
