// SPDX-License-Identifier: Apache-2.0
// The data set `images`: which pictures it takes, and what they become: pixels that are known without a decoder or read by Pillow, sizes as jax.image.resize makes
// them (golden/make_pictures.py). What it says about pictures that are wrong is in images_refused_test.cpp.
#include <boost/test/unit_test.hpp>

#include <cmath>

#include "golden/pictures.hpp"
#include "golden/resized.hpp"
#include "picture_folder.hpp"

namespace {

using namespace teranga::test;
using Floats = std::vector<float>;
using Ids = std::vector<std::int32_t>;
using Text = std::string;
using Texts = std::vector<std::string>;
using Extents = std::vector<std::int64_t>;

#define SAME(found, ...) BOOST_TEST(found == (__VA_ARGS__), boost::test_tools::per_element())

// The one line that the last data set wrote with such a word.
Text log_line(const Text& with) {
  for (const Text& line : logged())
    if (line.find(with) != Text::npos) return line;
  return "";
}

// One picture in a folder without classes.
PictureTree alone(const Text& file) { return PictureTree{{file, golden_file(file)}}; }

}  // namespace

BOOST_AUTO_TEST_CASE(every_kind_of_png_and_jpeg_gives_the_pixels_that_it_has) {
  for (const golden::Picture& picture : golden::pictures)
    BOOST_TEST_CONTEXT(picture.file) {
      const PictureTree tree = alone(picture.file);
      Images data({{"folder", tree.path()}, {"color_mode", Text("rgba")}, {"scale", 1.0}});
      SAME(data.fields()[0].shape, Extents{picture.height, picture.width, 4});
      BOOST_TEST(data.fields().size() == 1);
      const Floats found = data.x(TRG_TRAIN, {0});
      BOOST_TEST_REQUIRE(found.size() == picture.rgba.size());
      const float off = picture.file.ends_with(".jpg") ? 1.0F : 0.0F;  // decoders of JPEG may round differently
      for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(std::abs(found[i] - static_cast<float>(picture.rgba[i])) <= off);
    }
}

BOOST_AUTO_TEST_CASE(the_pictures_decide_between_grey_and_colour_and_that_is_told) {
  for (const golden::Picture& picture : golden::pictures) {
    const bool grey = picture.file.find("grey") != Text::npos;
    const PictureTree tree = alone(picture.file);
    logged().clear();
    BOOST_TEST(Images({{"folder", tree.path()}}).fields()[0].shape[2] == (grey ? 1 : 3), picture.file);
    BOOST_TEST(!log_line(grey ? "color_mode = \"grayscale\"" : "color_mode = \"rgb\"").empty());
    const bool alpha = picture.file.find("alpha") != Text::npos || picture.file.find("transparent") != Text::npos || picture.file.starts_with("rgba");
    BOOST_TEST(log_line("the transparency of 1 pictures is left out; color_mode = \"rgba\" keeps it, background = 255 lays them on white").empty() == !alpha, picture.file);
  }
  const PictureTree both{{"a/grey.png", golden_file("grey8.png")}, {"a/rgb.png", golden_file("rgb8.png")}};
  BOOST_TEST(Images({{"folder", both.path()}}).fields()[0].shape[2] == 3);
  // Of the training part alone: a test picture in colour becomes grey.
  const PictureTree parts{{"train/a/1.png", golden_file("grey8.png")}, {"test/a/1.png", golden_file("rgb8.png")}};
  Images data({{"folder", parts.path()}, {"scale", 1.0}});
  BOOST_TEST(data.fields()[0].shape[2] == 1);
  SAME(data.x(TRG_TEST, {0}), Floats(golden::rgb8_as_grey.begin(), golden::rgb8_as_grey.end()));
}

BOOST_AUTO_TEST_CASE(colour_becomes_grey_by_the_weights_of_bt_601) {
  const PictureTree tree = alone("rgb8.png");
  Images data({{"folder", tree.path()}, {"color_mode", Text("grayscale")}, {"scale", 1.0}});
  SAME(data.x(TRG_TRAIN, {0}), Floats(golden::rgb8_as_grey.begin(), golden::rgb8_as_grey.end()));
}

BOOST_AUTO_TEST_CASE(other_sizes_are_those_of_bilinear_interpolation_without_antialiasing) {
  const PictureTree tree = alone("rgb8.png");
  for (const golden::Resized& resized : golden::resized) {
    Images data({{"folder", tree.path()}, {"image_size", Extents{resized.height, resized.width}}, {"scale", 1.0}});
    SAME(data.fields()[0].shape, Extents{resized.height, resized.width, 3});
    const Floats found = data.x(TRG_TRAIN, {0});
    BOOST_TEST_REQUIRE(found.size() == resized.rgb.size());
    for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(std::abs(found[i] - resized.rgb[i]) <= 0.5001F);
  }
  BOOST_TEST(!log_line("1 of 1 pictures are resized to 3 x 4 pixels").empty());
}

BOOST_AUTO_TEST_CASE(a_part_in_the_middle_can_be_cut_out) {
  const PictureTree tree{{"a/1.png", png(3, 4, 1, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})}, {"b/1.png", png(3, 4, 1, {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})}};
  Images data({{"folder", tree.path()}, {"center_crop", Extents{1, 2}}, {"scale", 1.0}, {"shuffle_seed", std::int64_t{-1}}});
  SAME(data.fields()[0].shape, Extents{1, 2, 1});
  SAME(data.x(TRG_TRAIN, {0, 1}), Floats{6, 7, 16, 17});
  Images fresh({{"folder", tree.path()}, {"center_crop", Extents{1, 2}}, {"scale", 1.0}, {"shuffle_seed", std::int64_t{-1}}}, {data.fit({0, 1}), {tree.path() + "/b/1.png"}});
  SAME(fresh.x(TRG_TEST, {0}), Floats{16, 17});
  BOOST_TEST(refused([&] { Images({{"folder", tree.path()}, {"mixup", 0.2}}); }).where == "mixup");
}

BOOST_AUTO_TEST_CASE(with_antialiasing_smaller_pictures_are_those_of_pillow) {
  const PictureTree tree{{"1.png", png(golden::height, golden::width, 3, golden::picture)}};
  for (const auto& [size, expected] : golden::smaller) {
    Images data({{"folder", tree.path()}, {"image_size", Extents{size.first, size.second}}, {"antialias", true}, {"scale", 1.0}});
    const Floats found = data.x(TRG_TRAIN, {0});
    BOOST_TEST_REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(std::abs(found[i] - static_cast<float>(expected[i])) <= 1);  // Pillow rounds twice
  }
}

BOOST_AUTO_TEST_CASE(the_middle_of_the_wanted_aspect_ratio_is_that_of_keras) {
  const PictureTree tree{{"1.png", png(golden::height, golden::width, 3, golden::picture)}};
  for (const auto& [size, expected] : golden::cut) {
    Images data({{"folder", tree.path()}, {"image_size", Extents{size.first, size.second}}, {"crop_to_aspect_ratio", true}, {"scale", 1.0}});
    const Floats found = data.x(TRG_TRAIN, {0});
    BOOST_TEST_REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(std::abs(found[i] - expected[i]) <= 0.5001F);
  }
}

BOOST_AUTO_TEST_CASE(pictures_are_turned_as_exif_data_say_where_that_is_asked_for) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Text file = "turned_" + std::to_string(orientation) + ".png";
    const PictureTree tree = alone(file);
    Images data({{"folder", tree.path()}, {"exif_orientation", true}, {"scale", 1.0}});
    SAME(data.fields()[0].shape, orientation < 5 ? (Extents{3, 4, 3}) : (Extents{4, 3, 3}));
    SAME(data.x(TRG_TRAIN, {0}), golden::turned[static_cast<std::size_t>(orientation - 1)]);
  }
}

BOOST_AUTO_TEST_CASE(transparent_pictures_are_laid_on_the_background) {
  const PictureTree tree = alone("rgba8.png");
  Images all({{"folder", tree.path()}, {"color_mode", Text("rgba")}, {"scale", 1.0}}), laid({{"folder", tree.path()}, {"background", Extents{255, 0, 100}}, {"scale", 1.0}});
  const Floats rgba = all.x(TRG_TRAIN, {0}), rgb = laid.x(TRG_TRAIN, {0});
  const float background[] = {255, 0, 100};
  for (std::size_t i = 0; i < rgba.size() / 4; ++i)
    for (std::size_t c = 0; c < 3; ++c) BOOST_TEST(std::abs(rgb[3 * i + c] - (rgba[4 * i + c] * rgba[4 * i + 3] + background[c] * (255 - rgba[4 * i + 3])) / 255) <= 0.5001F);
  BOOST_TEST(refused([&] { Images({{"folder", tree.path()}, {"background", Extents{1}}, {"color_mode", Text("rgba")}}); }).where == "background");
}

BOOST_AUTO_TEST_CASE(bitmaps_of_all_depths_give_the_pixels_that_they_have) {
  for (const auto& [name, expected] : golden::bitmaps) {
    const PictureTree tree = alone("bmp_" + name + ".bmp");
    Images data({{"folder", tree.path()}, {"color_mode", Text("rgb")}, {"scale", 1.0}});
    BOOST_TEST_CONTEXT(name) SAME(data.x(TRG_TRAIN, {0}), expected);
    BOOST_TEST(Images({{"folder", tree.path()}}).fields()[0].shape[2] == (name == "grey" || name == "bits1" ? 1 : 3), name);
  }
}

BOOST_AUTO_TEST_CASE(pictures_that_are_not_held_have_the_same_pixels) {
  const PictureTree tree{{"a/1.png", golden_file("rgb8.png")}, {"a/2.jpg", golden_file("rgb.jpg")}, {"b/1.png", golden_file("palette_transparent.png")}, {"b/2.ppm", golden_file("colour.ppm")}};
  const GivenOptions held = {{"folder", tree.path()}, {"image_size", Extents{6, 5}}, {"cache", Text("memory")}};
  GivenOptions read = held, beyond = held;
  read["cache"] = Text("none");
  beyond["cache"] = Text("auto"), beyond["image_size"] = Extents{600, 600}, beyond["memory"] = std::int64_t{4};
  Images one(held), two(read);
  SAME(one.x(TRG_TRAIN, {0, 1, 2, 3}), two.x(TRG_TRAIN, {0, 1, 2, 3}));
  SAME(one.y(TRG_TRAIN, {0, 1, 2, 3}), two.y(TRG_TRAIN, {0, 1, 2, 3}));
  logged().clear();
  BOOST_TEST(Images(beyond).x(TRG_TRAIN, {3}).size() == 600u * 600 * 3);
  BOOST_TEST(!log_line("each picture is read anew whenever it is wanted").empty());
}

BOOST_AUTO_TEST_CASE(bytes_are_scaled_with_one_rounding) {
  std::vector<unsigned char> bytes(256);
  for (std::size_t i = 0; i < 256; ++i) bytes[i] = static_cast<unsigned char>(i);
  const PictureTree tree{{"a.png", png(16, 16, 1, bytes)}};
  const Floats by_default = Images({{"folder", tree.path()}}).x(TRG_TRAIN, {0}), shifted = Images({{"folder", tree.path()}, {"scale", -0.1}}).x(TRG_TRAIN, {0});
  for (std::size_t i = 0; i < 256; ++i) {
    BOOST_TEST(by_default[i] == static_cast<float>(i) / 255.0F);
    BOOST_TEST(shifted[i] == static_cast<float>(static_cast<double>(i) * -0.1));
  }
}

BOOST_AUTO_TEST_CASE(classes_are_the_folders_in_the_order_of_their_names) {
  const PictureTree tree{{"dog/b.png", grey_png(4)}, {"dog/a.PNG", grey_png(3)}, {"cat/z.jpeg", golden_file("grey.jpg")}, {"Zebra/10.png", grey_png(1)}, {"Zebra/9.png", grey_png(2)},
                         {"dog/puppies/a.png", grey_png(5)}, {"dog/.hidden.png", "no picture"}, {".git/x.png", "no picture"}, {"dog/notes.txt", ""}, {"dog/more.TXT", ""}, {"README", ""}};
  logged().clear();
  Images data({{"folder", tree.path()}, {"shuffle_seed", std::int64_t{-1}}, {"scale", 1.0}, {"image_size", Extents{1, 1}}});
  const auto fields = data.fields();
  BOOST_REQUIRE(fields.size() == 2);
  BOOST_TEST(fields[1].type == TRG_I32);
  BOOST_TEST(fields[1].role == TRG_TARGET);
  BOOST_TEST(fields[1].shape.empty());
  BOOST_TEST(fields[1].classes == 3);
  SAME(fields[1].class_names, Texts{"Zebra", "cat", "dog"});
  BOOST_TEST(data.count(TRG_TRAIN) == 6);
  BOOST_TEST(data.count(TRG_TEST) == -1);
  SAME(data.y(TRG_TRAIN, {0, 1, 2, 3, 4, 5}), Ids{0, 0, 1, 2, 2, 2});
  SAME(data.x(TRG_TRAIN, {0, 1, 3, 4, 5}), Floats{1, 2, 3, 4, 5});
  BOOST_TEST(log_line("left out").ends_with("6 pictures are taken; left out: 2 *.txt, 1 files without an ending"));
  data.fit({0, 1, 2, 3, 4, 5});
  BOOST_TEST(!log_line("before validation_split: 6 training and 0 test pictures of 1 x 1 pixels (height x width), grayscale").empty());
  BOOST_TEST(!log_line("3 classes: Zebra (2), cat (1), dog (3)").empty());
}

BOOST_AUTO_TEST_CASE(a_table_may_name_the_classes) {
  const PictureTree tree{{"train/1.png", grey_png(1)}, {"train/deep/2.png", grey_png(2)}, {"train/3.png", grey_png(3)}, {"test/9.png", grey_png(9)}, {"labels.csv", "id,kind,file\n7,rose,1.png\n8,aster,deep/2.png\n9,rose,3\n10,aster,9.png\n11,rose,gone.png\n"}};
  GivenOptions options = {{"train", tree.path() + "/train"}, {"test", tree.path() + "/test"}, {"labels", tree.path() + "/labels.csv"}, {"file_column", Text("file")}, {"label_column", Text("kind")}, {"scale", 1.0}, {"shuffle_seed", std::int64_t{-1}}};
  Images data(options);
  SAME(data.fields()[1].class_names, Texts{"aster", "rose"});
  SAME(data.x(TRG_TRAIN, {0, 1, 2}), Floats{1, 3, 2});
  SAME(data.y(TRG_TRAIN, {0, 1, 2}), Ids{1, 1, 0});
  SAME(data.y(TRG_TEST, {0}), Ids{0});
  options["class_names"] = Texts{"rose"};
  options.erase("test");
  BOOST_TEST(Images(options).count(TRG_TRAIN) == 2);
}

BOOST_AUTO_TEST_CASE(class_names_choose_and_order_the_folders) {
  const PictureTree tree{{"a/1.png", grey_png(1)}, {"b/1.png", grey_png(2)}, {"c/1.png", grey_png(3)}, {"notes/x.xml", "<a/>"}};
  Images data({{"folder", tree.path()}, {"class_names", Texts{"c", "a"}}, {"shuffle_seed", std::int64_t{-1}}, {"one_hot", true}, {"scale", 1.0}});
  SAME(data.x(TRG_TRAIN, {0, 1}), Floats{3, 1});
  BOOST_TEST(data.fields()[1].type == TRG_F32);
  SAME(data.fields()[1].shape, Extents{2});
  SAME((data.fill<float>(TRG_TRAIN, {1, 0, 1}, 1)), Floats{0, 1, 1, 0, 0, 1});
  const PictureTree parts{{"train/a/1.png", grey_png(1)}, {"train/b/1.png", grey_png(2)}, {"test/a/1.png", grey_png(3)}, {"test/c/1.png", grey_png(4)}};
  Images some({{"folder", parts.path()}, {"class_names", Texts{"b", "a"}}});  // a part need not have all of them
  BOOST_TEST(some.count(TRG_TEST) == 1);
  SAME(some.y(TRG_TEST, {0}), Ids{1});
  BOOST_TEST(!log_line("test: 1 pictures are taken; left out: 1 folders of other names").empty());
}

BOOST_AUTO_TEST_CASE(links_to_pictures_and_class_folders_are_followed_and_links_below_are_not) {
  const PictureTree elsewhere{{"cats/1.png", grey_png(1)}, {"one.png", grey_png(2)}};
  const PictureTree tree{{"dog/1.png", grey_png(3)}};
  std::filesystem::create_directory_symlink(elsewhere.path() + "/cats", tree.path() + "/cat");
  std::filesystem::create_symlink(elsewhere.path() + "/one.png", tree.path() + "/dog/0.png");
  std::filesystem::create_directory_symlink(tree.path(), tree.path() + "/dog/round");
  logged().clear();
  Images data({{"folder", tree.path()}, {"shuffle_seed", std::int64_t{-1}}, {"scale", 1.0}});
  SAME(data.x(TRG_TRAIN, {0, 1, 2}), Floats{1, 2, 3});
  SAME(data.y(TRG_TRAIN, {0, 1, 2}), Ids{0, 1, 1});
  BOOST_TEST(!log_line("left out: 1 linked folders").empty());
}

BOOST_AUTO_TEST_CASE(parts_are_folders_of_the_tree_or_given_one_by_one) {
  for (const Text validation : {"validation", "val"}) {
    const PictureTree tree{{"train/a/1.png", grey_png(1)}, {"train/b/1.png", grey_png(2)}, {validation + "/b/1.png", grey_png(3)}, {"test/a/1.png", grey_png(4)}};
    Images whole({{"folder", tree.path()}, {"scale", 1.0}});
    Images by_name({{"train", tree.path() + "/train"}, {"validation", tree.path() + "/" + validation}, {"test", tree.path() + "/test"}, {"scale", 1.0}});
    for (Images* data : {&whole, &by_name}) {
      BOOST_TEST(data->count(TRG_TRAIN) == 2);
      SAME(data->x(TRG_VALIDATION, {0}), Floats{3});
      SAME(data->y(TRG_VALIDATION, {0}), Ids{1});
      SAME(data->x(TRG_TEST, {0}), Floats{4});
      SAME(data->y(TRG_TEST, {0}), Ids{0});
    }
  }
}

BOOST_AUTO_TEST_CASE(names_of_parts_may_have_capital_letters) {
  for (const auto& [train, validation, test] : {std::tuple<Text, Text, Text>{"Train", "Val", "Test"}, {"train", "Valid", "test"}, {"TRAIN", "VALIDATION", "TEST"}}) {
    const PictureTree tree{{train + "/a/1.png", grey_png(1)}, {train + "/b/1.png", grey_png(2)}, {validation + "/b/1.png", grey_png(3)}, {test + "/a/1.png", grey_png(4)}};
    logged().clear();
    Images data({{"folder", tree.path()}, {"scale", 1.0}});
    SAME(data.fields()[1].class_names, Texts{"a", "b"});
    BOOST_TEST(data.count(TRG_TRAIN) == 2);
    SAME(data.x(TRG_VALIDATION, {0}), Floats{3});
    SAME(data.x(TRG_TEST, {0}), Floats{4});
    BOOST_TEST(!log_line("the folder " + validation + " is taken as the part to validate on").empty());
  }
  // Classes that hold folders, and classes whose names only hold the words.
  SAME(Images({{"folder", PictureTree{{"trains/old/1.png", grey_png(1)}, {"planes/old/1.png", grey_png(2)}}.path()}}).fields()[1].class_names, Texts{"planes", "trains"});
  SAME(Images({{"folder", PictureTree{{"trains/1.png", grey_png(1)}, {"contests/1.png", grey_png(2)}}.path()}}).fields()[1].class_names, Texts{"contests", "trains"});
  const PictureTree vehicles{{"Train/1.png", grey_png(1)}, {"Plane/1.png", grey_png(2)}, {"Test/1.png", grey_png(3)}};
  SAME(Images({{"folder", vehicles.path()}}).fields()[1].class_names, Texts{"Plane", "Test", "Train"});
  const PictureTree twice{{"Train/a/1.png", grey_png(1)}, {"train/a/1.png", grey_png(2)}, {"Test/a/1.png", grey_png(3)}};
  const Refused doubt = refused([&] { Images({{"folder", twice.path()}}); });
  BOOST_TEST(std::string(doubt.what()).find("Train and train could each be the training part") != std::string::npos);
  BOOST_TEST(doubt.hint == "train = \"" + twice.path() + "/train\" and test = \"" + twice.path() + "/Test\" in place of folder");
}

BOOST_AUTO_TEST_CASE(a_class_of_trains_is_no_training_part_and_folders_beside_the_parts_are_told) {
  const PictureTree vehicles{{"train/1.png", grey_png(1)}, {"plane/1.png", grey_png(2)}, {"test/1.png", grey_png(3)}};
  Images data({{"folder", vehicles.path()}});
  SAME(data.fields()[1].class_names, Texts{"plane", "test", "train"});
  const PictureTree parts{{"train/a/1.png", grey_png(1)}, {"masks/a/1.png", grey_png(2)}, {"test/a/1.png", grey_png(3)}};
  logged().clear();
  BOOST_TEST(Images({{"folder", parts.path()}}).count(TRG_TEST) == 1);
  BOOST_TEST(log_line("are not read").ends_with("are not read: masks"));
}

BOOST_AUTO_TEST_CASE(pictures_without_classes_have_no_targets) {
  const PictureTree flat{{"2.png", grey_png(2)}, {"1.png", grey_png(1)}, {"empty/notes.md", ""}};
  Images data({{"folder", flat.path()}, {"shuffle_seed", std::int64_t{-1}}, {"scale", 1.0}});
  BOOST_TEST(data.fields().size() == 1);
  SAME(data.x(TRG_TRAIN, {0, 1}), Floats{1, 2});
  const PictureTree parts{{"train/1.png", grey_png(1)}, {"test/1.png", grey_png(2)}};
  Images split({{"folder", parts.path()}});
  BOOST_TEST(split.fields().size() == 1);
  BOOST_TEST(split.count(TRG_TEST) == 1);
}

BOOST_AUTO_TEST_CASE(a_split_takes_pictures_of_all_classes_though_they_lie_class_after_class) {
  std::map<Text, Text> files;
  for (int i = 0; i < 40; ++i) files[(i < 20 ? "a/" : "b/") + std::to_string(i) + ".png"] = grey_png(static_cast<unsigned char>(i));
  const PictureTree tree(files);
  Images data({{"folder", tree.path()}, {"test_split", 0.25}}), again({{"folder", tree.path()}, {"test_split", 0.25}}), other({{"folder", tree.path()}, {"test_split", 0.25}, {"shuffle_seed", std::int64_t{1}}});
  BOOST_TEST(data.count(TRG_TRAIN) == 30);
  BOOST_TEST(data.count(TRG_TEST) == 10);
  std::vector<std::int64_t> ten(10);
  for (std::size_t i = 0; i < 10; ++i) ten[i] = static_cast<std::int64_t>(i);
  const Ids labels = data.y(TRG_TEST, ten);
  BOOST_TEST(std::count(labels.begin(), labels.end(), 0) >= 2);
  BOOST_TEST(std::count(labels.begin(), labels.end(), 1) >= 2);
  SAME(again.x(TRG_TEST, ten), data.x(TRG_TEST, ten));
  BOOST_TEST((other.x(TRG_TEST, ten) != data.x(TRG_TEST, ten)));
  for (std::size_t i = 0; i < 10; ++i) BOOST_TEST((data.x(TRG_TEST, {static_cast<std::int64_t>(i)})[0] * 255 < 19.5F) == (labels[i] == 0));
}

BOOST_AUTO_TEST_CASE(what_was_learnt_is_restored_and_prepares_new_pictures) {
  const PictureTree tree{{"a/1.png", grey_png(10)}, {"b/1.png", grey_png(20)}};
  const GivenOptions options = {{"folder", tree.path()}, {"scale", 0.5}};
  Images trained(options);
  const Text learnt = trained.fit({0, 1});
  Texts told;
  for (const auto& [name, text] : trained.knowledge(learnt)) told.push_back(name + ": " + text);
  SAME(told, Texts{"picture size: 1 x 1 pixels (height x width)", "color_mode: grayscale", "scale: 0.5", "one_hot: false", "classes: a, b"});

  // Another folder, evaluated by it: its size, its scale and its classes are those of the training.
  const PictureTree other{{"b/1.png", golden_file("rgb8.png")}, {"b/2.png", grey_png(7)}};
  Images evaluated({{"folder", other.path()}, {"image_size", Extents{5, 7}}, {"shuffle_seed", std::int64_t{-1}}});
  evaluated.restore(learnt);
  SAME(evaluated.fields()[0].shape, Extents{1, 1, 1});
  SAME(evaluated.fields()[1].class_names, Texts{"a", "b"});
  SAME(evaluated.y(TRG_TRAIN, {0, 1}), Ids{1, 1});
  BOOST_TEST(evaluated.x(TRG_TRAIN, {1})[0] == 3.5F);

  // New samples need no training folder. Files have no classes, in whatever folder they lie.
  GivenOptions gone = {{"folder", Text("/nothing/here")}};
  logged().clear();
  Images files(gone, {learnt, {other.path() + "/b/2.png", other.path() + "/b/1.png"}});
  BOOST_TEST(files.count(TRG_TRAIN) == -1);
  BOOST_TEST(files.count(TRG_TEST) == 2);
  BOOST_TEST(files.fields()[1].absent);
  SAME(files.fields()[1].class_names, Texts{"a", "b"});
  BOOST_TEST(files.x(TRG_TEST, {0})[0] == 3.5F);
  BOOST_TEST(!log_line("1 of 2 pictures are resized to 1 x 1 pixels").empty());
  const PictureTree flat{{"2.png", grey_png(2)}, {"1.png", grey_png(1)}};
  Images folder(gone, {learnt, {flat.path()}});
  SAME(folder.x(TRG_TEST, {0, 1}), Floats{0.5F, 1});
  BOOST_TEST(!log_line("2 pictures in the order of their names, from " + flat.path() + "/1.png to " + flat.path() + "/2.png").empty());
  BOOST_TEST(folder.fields()[1].absent);
  Images labelled(gone, {learnt, {other.path()}});
  BOOST_TEST(!labelled.fields()[1].absent);
  SAME(labelled.y(TRG_TEST, {0, 1}), Ids{1, 1});

  // A training without classes knows none in new folders either.
  Images unlabelled({{"folder", flat.path()}});
  Images fresh(gone, {unlabelled.fit({0, 1}), {other.path()}});
  BOOST_TEST(fresh.fields().size() == 1);
  BOOST_TEST(fresh.count(TRG_TEST) == 2);
}
