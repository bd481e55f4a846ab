// SPDX-License-Identifier: Apache-2.0
// Sheets of tiles: which pixels make which tile, classes by rows and by lines, and what does not fit.
#include <boost/test/unit_test.hpp>

#include "picture_folder.hpp"

namespace {

using namespace teranga::test;
using Text = std::string;
using Texts = std::vector<std::string>;
using Extents = std::vector<std::int64_t>;

struct Sheet : Dataset {
  explicit Sheet(const GivenOptions& options) : Dataset("datasets_image_sheet", "teranga.image_sheet", options) {}
  Sheet(const GivenOptions& options, const NewSamples& fresh) : Dataset("datasets_image_sheet", "teranga.image_sheet", options, fresh) {}
  std::vector<float> x(std::int64_t sample) { return fill<float>(TRG_TRAIN, {sample}, 0); }
  std::vector<std::int32_t> y(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 1); }
};

#define SAME(found, ...) BOOST_TEST(found == (__VA_ARGS__), boost::test_tools::per_element())

// 2 x 3 tiles of 1 x 2 pixels: 11 12 | 13 14 | 15 16 and 21 22 | 23 24 | 25 26, with pixels of 9 around and between.
Text framed() {
  std::vector<unsigned char> pixels(5 * 10, 9);
  for (unsigned char row = 0; row < 2; ++row)
    for (unsigned char tile = 0; tile < 3; ++tile)
      for (unsigned char x = 0; x < 2; ++x) pixels[static_cast<std::size_t>((1 + row * 2) * 10 + 1 + tile * 3 + x)] = static_cast<unsigned char>((row + 1) * 10 + tile * 2 + x + 1);
  return png(5, 10, 1, pixels);
}

bool says(const Refused& e, const Text& text) {
  if (Text(e.what()).find(text) != Text::npos) return true;
  BOOST_TEST_MESSAGE(e.where << ": " << e.what());
  return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(tiles_are_taken_row_by_row_and_rows_are_classes) {
  const PictureTree tree{{"sheet.png", framed()}};
  const GivenOptions options = {{"train", Texts{tree.path() + "/sheet.png"}}, {"tile_size", Extents{1, 2}}, {"spacing", std::int64_t{1}}, {"margin", std::int64_t{1}}, {"rows_per_class", std::int64_t{1}}, {"scale", 1.0}};
  Sheet data(options);
  BOOST_TEST(data.count(TRG_TRAIN) == 6);
  SAME(data.fields()[0].shape, Extents{1, 2, 1});
  SAME(data.x(0), std::vector<float>{11, 12});
  SAME(data.x(2), std::vector<float>{15, 16});
  SAME(data.x(4), std::vector<float>{23, 24});
  SAME(data.y(TRG_TRAIN, {0, 1, 2, 3, 4, 5}), std::vector<std::int32_t>{0, 0, 0, 1, 1, 1});
  GivenOptions named = options;
  named["class_names"] = Texts{"low", "high"};
  SAME(Sheet(named).fields()[1].class_names, Texts{"low", "high"});
  named["class_names"] = Texts{"low"};
  BOOST_TEST(refused([&] { Sheet one(named); }).where == "class_names");
  Sheet fresh(options, {data.fit({0, 1, 2, 3, 4, 5}), {tree.path() + "/sheet.png"}});
  BOOST_TEST(fresh.count(TRG_TEST) == 6);
}

BOOST_AUTO_TEST_CASE(lines_of_a_text_name_the_classes_of_tiles_and_blank_ones_are_left_out) {
  const PictureTree tree{{"sheet.ppm", "P6 4 2 255\n" + Text("\1\2\3\4\5\6\7\7\7\1\1\1\2\2\2\3\3\3\1\1\1\1\1\1", 24)}, {"labels", "b\na\n10\n"}, {"numbers", "10\n9\n10"}, {"few", "a\n"}, {"hole", "a\n\nb\n"}};
  const GivenOptions options = {{"train", Texts{tree.path() + "/sheet.ppm"}}, {"tile_size", Extents{1, 2}}, {"skip_blank", true}, {"scale", 1.0}, {"train_labels", tree.path() + "/labels"}};
  Sheet data(options);
  BOOST_TEST(data.count(TRG_TRAIN) == 3);
  SAME(data.x(0), std::vector<float>{1, 2, 3, 4, 5, 6});
  SAME(data.fields()[1].class_names, Texts{"10", "a", "b"});
  SAME(data.y(TRG_TRAIN, {0, 1, 2}), std::vector<std::int32_t>{2, 1, 0});
  const auto with = [&](const Text& labels) {
    GivenOptions more = options;
    more["train_labels"] = tree.path() + "/" + labels;
    return more;
  };
  SAME(Sheet(with("numbers")).fields()[1].class_names, Texts{"9", "10"});
  BOOST_TEST(says(refused([&] { Sheet one(with("few")); }), "expected 3 lines, one for each tile of"));
  BOOST_TEST(refused([&] { Sheet one(with("hole")); }).where.ends_with("/hole:2"));
}

BOOST_AUTO_TEST_CASE(pictures_that_are_no_whole_tiles_are_refused) {
  const PictureTree tree{{"sheet.png", framed()}, {"broken.png", framed().substr(0, 60)}};
  const auto refused_with = [&](const Text& file, const Extents& tile) { return refused([&] { Sheet one({{"train", Texts{tree.path() + file}}, {"tile_size", tile}}); }); };
  BOOST_TEST(says(refused_with("/sheet.png", {2, 2}), "expected whole tiles of 2 x 2 pixels (height x width) with 0 between them and a margin of 0, found a picture of 5 x 10"));
  BOOST_TEST(says(refused_with("/sheet.png", {6, 2}), "expected whole tiles"));
  BOOST_TEST(says(refused_with("/broken.png", {1, 2}), "the picture is damaged"));
}
