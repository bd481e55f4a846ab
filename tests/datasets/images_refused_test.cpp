// SPDX-License-Identifier: Apache-2.0
// What the data set `images` says about folders and pictures that are wrong; and that its hints work.
#include <boost/test/unit_test.hpp>

#include <random>

#include <sys/stat.h>

#include "picture_folder.hpp"

namespace {

using namespace teranga::test;
using Text = std::string;
using Texts = std::vector<std::string>;
using Extents = std::vector<std::int64_t>;

bool says(const Refused& e, const Text& text) {
  if (Text(e.what()).find(text) != Text::npos) return true;
  BOOST_TEST_MESSAGE(e.where << ": " << e.what());
  return false;
}

Refused refused_folder(const Text& folder, GivenOptions more = {}, std::int32_t code = TRG_BAD_DATA) {
  more["folder"] = folder;
  const Refused e = refused([&] { Images data(more); });
  BOOST_TEST(e.code == code);
  return e;
}

// A good picture and another file.
Refused refused_file(const Text& name, const Text& bytes) {
  const PictureTree tree{{"a/0.png", golden_file("rgb8.png")}, {"a/" + name, bytes}};
  const Refused e = refused_folder(tree.path());
  BOOST_TEST(e.where == tree.path() + "/a/" + name);
  return e;
}

Text big_endian(std::uint32_t value) {
  Text bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

// rgb8.png with another width and height in its header, and the check sum that belongs to them.
Text png_that_promises(std::uint32_t width, std::uint32_t height) {
  Text bytes = golden_file("rgb8.png");
  bytes.replace(16, 8, big_endian(width) + big_endian(height));
  std::uint32_t sum = 0xffffffff;
  for (std::size_t i = 12; i < 29; ++i) {
    sum ^= static_cast<unsigned char>(bytes[i]);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return bytes.replace(29, 4, big_endian(~sum));
}

// rgb.jpg with another height and width behind its start of frame, which is FF C0, two bytes of length and one of precision.
Text jpeg_that_promises(std::uint16_t width, std::uint16_t height) {
  Text bytes = golden_file("rgb.jpg");
  return bytes.replace(bytes.find("\xff\xc0") + 5, 4, big_endian(height).substr(2) + big_endian(width).substr(2));
}

}  // namespace

BOOST_AUTO_TEST_CASE(pictures_of_several_sizes_are_told_with_an_image_size_that_works) {
  const PictureTree tree{{"a/1.png", golden_file("rgb8.png")}, {"a/2.png", golden_file("grey8.png")}, {"b/1.jpg", golden_file("rgb.jpg")}};
  const Refused e = refused_folder(tree.path());
  BOOST_TEST(e.where == tree.path() + "/b/1.jpg");
  BOOST_TEST(says(e, "found 2 sizes among 3 pictures (height x width): this one has 12 x 16, " + tree.path() + "/a/1.png has 5 x 7"));
  BOOST_TEST(e.hint == "image_size = [5, 7] resizes them all");
  BOOST_TEST((Images({{"folder", tree.path()}, {"image_size", Extents{5, 7}}}).fields()[0].shape == Extents{5, 7, 3}));
  const PictureTree photos{{"1.png", png(1, 300, 1, std::vector<unsigned char>(300))}, {"2.png", png(1, 301, 1, std::vector<unsigned char>(301))}};
  BOOST_TEST(refused_folder(photos.path()).hint == "image_size = [128, 128] resizes them all");
  const PictureTree parts{{"train/a/1.png", golden_file("rgb8.png")}, {"test/a/1.jpg", golden_file("rgb.jpg")}};
  BOOST_TEST(refused_folder(parts.path()).where == parts.path() + "/test/a/1.jpg");
}

BOOST_AUTO_TEST_CASE(a_missing_folder_a_file_and_a_folder_without_pictures_are_named) {
  const PictureTree tree{{"a/1.png", grey_png(1)}, {"photo.gif", "GIF89a"}, {"deep/er/1.gif", "GIF"}};
  BOOST_TEST(says(refused_folder(tree.path() + "/nothing"), "no such folder"));
  BOOST_TEST(says(refused_folder(tree.path() + "/photo.gif"), "found a file"));
  BOOST_TEST(says(refused_folder(tree.path() + "/deep"), "expected pictures (*.png, *.jpg, *.jpeg, *.pgm, *.ppm, *.bmp), in a folder for each class or without classes in this folder, found 1 *.gif"));
  const PictureTree empty{{".hidden/x", ""}};
  BOOST_TEST(says(refused_folder(empty.path()), "found no file"));
}

BOOST_AUTO_TEST_CASE(a_folder_of_no_class_is_named_and_class_names_leave_it_out) {
  const PictureTree tree{{"a/1.png", grey_png(1)}, {"b/1.png", grey_png(2)}, {"labels/1.xml", "<a/>"}, {"labels/2.xml", "<a/>"}};
  const Refused e = refused_folder(tree.path());
  BOOST_TEST(e.where == tree.path() + "/labels");
  BOOST_TEST(says(e, "expected pictures (*.png, *.jpg, *.jpeg, *.pgm, *.ppm, *.bmp) of this class, found 2 *.xml"));
  BOOST_TEST(e.hint == "class_names = [\"a\", \"b\"] takes the other folders alone");
  BOOST_TEST(Images({{"folder", tree.path()}, {"class_names", Texts{"a", "b"}}}).count(TRG_TRAIN) == 2);
}

BOOST_AUTO_TEST_CASE(pictures_beside_class_folders_are_refused) {
  const PictureTree tree{{"a/1.png", grey_png(1)}, {"preview.png", grey_png(2)}};
  BOOST_TEST(says(refused_folder(tree.path()), "found 1 pictures beside 1 folders of pictures"));
}

BOOST_AUTO_TEST_CASE(classes_that_the_training_part_does_not_have_are_refused) {
  const PictureTree tree{{"train/a/1.png", grey_png(1)}, {"train/b/1.png", grey_png(1)}, {"test/c/1.png", grey_png(2)}};
  const Refused e = refused_folder(tree.path());
  BOOST_TEST(e.where == tree.path() + "/test/c");
  BOOST_TEST(says(e, "expected one of the 2 classes of the training part, a, b, found \"c\""));
  const PictureTree flat_test{{"train/a/1.png", grey_png(1)}, {"test/1.png", grey_png(2)}};
  BOOST_TEST(says(refused_folder(flat_test.path()), "found pictures without classes"));
  const PictureTree flat_train{{"train/1.png", grey_png(1)}, {"test/a/1.png", grey_png(2)}};
  BOOST_TEST(says(refused_folder(flat_train.path()), "found class folders"));
  Images trained({{"folder", tree.path() + "/train"}});
  const Text learnt = trained.fit({0, 1});
  Images other({{"folder", tree.path() + "/test"}}), flat({{"folder", flat_train.path() + "/train"}});
  BOOST_TEST(says(refused([&] { other.restore(learnt); }), "expected the 2 classes that were learnt, a, b, found \"c\""));
  BOOST_TEST(says(refused([&] { flat.restore(learnt); }), "expected a folder for each of the 2 classes that were learnt"));
  const PictureTree new_class{{"a/1.png", grey_png(1)}, {"c/1.png", grey_png(2)}};
  BOOST_TEST(says(refused([&] { Images({{"folder", tree.path()}}, {learnt, {new_class.path()}}); }), "found \"c\""));
  logged().clear();
  Images({{"folder", tree.path()}}, {learnt, {tree.path() + "/test"}});  // c alone is a folder of new pictures
  BOOST_TEST(std::any_of(logged().begin(), logged().end(), [](const Text& line) { return line.find("its pictures are taken without classes") != line.npos; }));
  BOOST_TEST(says(refused([&] { Images({{"folder", tree.path()}}, {learnt.substr(0, learnt.size() - 1), {tree.path() + "/test"}}); }), "damaged"));
  BOOST_TEST(says(refused([&] { Images({{"folder", tree.path()}}, {learnt, {}, {"a text"}}); }), "found typed text"));
}

BOOST_AUTO_TEST_CASE(tables_of_classes_that_do_not_fit_the_pictures_are_told_with_their_line) {
  const auto refused_table = [](const Text& table, GivenOptions more = {}) {
    const PictureTree tree{{"train/1.png", grey_png(1)}, {"train/2.png", grey_png(2)}, {"labels.csv", table}};
    more["train"] = tree.path() + "/train", more["labels"] = tree.path() + "/labels.csv";
    return refused([&] { Images data(more); });
  };
  Refused e = refused_table("file,label\n1.png,a\n");
  BOOST_TEST(says(e, "that names its class, found none; 1 of 2 pictures have no line"));
  BOOST_TEST(e.where.ends_with("/train/2.png"));
  e = refused_table("file,label\n1.png,a\n2.png,b\n1.png,b\n");
  BOOST_TEST(says(e, "1.png has the class \"b\" here and \"a\" in line 2"));
  BOOST_TEST(e.where.ends_with("labels.csv:4:1"));
  BOOST_TEST(says(refused_table("file,label\n1.png,\n2.png,b\n"), "expected the class of 1.png, found an empty cell"));
  BOOST_TEST(says(refused_table("file\n1.png\n"), "expected two columns or more"));
  BOOST_TEST(says(refused_table("file,label\n"), "expected a line for each picture, found none"));
  BOOST_TEST(says(refused_table("file,label\n1.png,a\n2.png,b\n", {{"label_column", Text("kind")}}), "the table of labels has no column \"kind\"; it has file, label"));
  BOOST_TEST(says(refused_table("file,label\n1.png,a\n2.png,b\n", {{"class_names", Texts{"a", "c"}}}), "found none of \"c\"; there are a, b"));
}

BOOST_AUTO_TEST_CASE(options_that_contradict_each_other_are_named) {
  const PictureTree tree{{"a/1.png", grey_png(1)}, {"1/x.txt", ""}}, flat{{"1.png", grey_png(1)}}, twice{{"train/a/1.png", ""}, {"val/a/1.png", ""}, {"validation/a/1.png", ""}};
  for (const auto& [where, options] : std::vector<std::pair<Text, GivenOptions>>{{"train", {}},
                                                                                 {"folder", {{"folder", tree.path()}, {"train", tree.path()}}},
                                                                                 {"test", {{"folder", tree.path()}, {"test", tree.path()}}},
                                                                                 {"one_hot", {{"folder", flat.path()}, {"one_hot", true}}},
                                                                                 {"class_names", {{"folder", tree.path()}, {"class_names", Texts{"../a"}}}},
                                                                                 {"class_names", {{"folder", tree.path()}, {"class_names", Texts{"a", "a"}}}},
                                                                                 {"folder", {{"folder", twice.path()}}},
                                                                                 {"test_split", {{"folder", flat.path()}, {"test_split", 0.5}}}}) {
    const Refused e = refused([&, given = options] { Images data(given); });
    BOOST_TEST(e.code == TRG_BAD_OPTION);
    BOOST_TEST(e.where == where);
  }
  BOOST_TEST(says(refused_folder(tree.path(), {{"class_names", Texts{"a", "z"}}}), "none called \"z\"; there are \"1\", \"a\""));
}

BOOST_AUTO_TEST_CASE(what_is_no_picture_is_told_by_its_first_bytes) {
  BOOST_TEST(says(refused_file("1.jpg", "GIF89a......"), "expected a picture as PNG, JPEG, PGM, PPM or BMP, found a GIF picture"));
  BOOST_TEST(says(refused_file("1.jpg", "BM......"), "found a file that begins with 42 4d 2e 2e"));
  BOOST_TEST(says(refused_file("1.jpg", "RIFF....WEBPVP8 "), "found a WebP picture"));
  BOOST_TEST(says(refused_file("1.jpg", "RIFF.."), "found a file that begins with 52 49 46 46"));
  BOOST_TEST(says(refused_file("1.jpg", {"II*\0....", 8}), "found a TIFF picture"));
  BOOST_TEST(says(refused_file("1.jpg", {"\0\0\0\x20" "ftypavif....", 16}), "found an AVIF picture"));
  BOOST_TEST(says(refused_file("1.jpg", "<!DOCTYPE html>"), "found a page of HTML or XML"));
  BOOST_TEST(says(refused_file("1.png", "version https://git-lfs"), "found a pointer of Git LFS"));
  BOOST_TEST(says(refused_file("1.png", "\x01\x02"), "found a file that begins with 01 02"));
  BOOST_TEST(says(refused_file("1.png", ""), "found an empty file"));
  const PictureTree swapped{{"a/1.png", golden_file("rgb.jpg")}, {"a/2.jpg", golden_file("full_colour.jpg")}};
  BOOST_TEST(Images({{"folder", swapped.path()}}).count(TRG_TRAIN) == 2);
}

BOOST_AUTO_TEST_CASE(pictures_that_end_early_or_are_altered_are_damaged) {
  const Text rgb_png = golden_file("rgb8.png"), same_size = golden_file("rgb.jpg");
  BOOST_TEST(says(refused_file("1.png", rgb_png.substr(0, 20)), "the picture is damaged: it ends early"));
  BOOST_TEST(says(refused_file("1.png", rgb_png.substr(0, rgb_png.size() - 30)), "the picture is damaged: "));
  Text altered = rgb_png;
  altered[60] = static_cast<char>(altered[60] ^ 4);
  BOOST_TEST(says(refused_file("1.png", altered), "the picture is damaged: "));
  for (const char* file : {"rgb.jpg", "progressive.jpg", "grey.jpg", "inks.jpg"})
    for (const std::size_t missing : {2, 20, 60}) {
      const Text whole = golden_file(file);
      const PictureTree tree{{"a/0.jpg", same_size}, {"a/1.jpg", whole.substr(0, whole.size() - missing)}};
      BOOST_TEST(says(refused_folder(tree.path()), "the picture is damaged: Premature end of JPEG file"));
    }
}

BOOST_AUTO_TEST_CASE(plain_pictures_that_are_wrong_are_told_in_which_way) {
  const auto refused_plain = [](const Text& bytes) {
    const PictureTree tree{{"1.pgm", bytes}};
    return refused_folder(tree.path());
  };
  for (const auto& [bytes, told] : std::vector<std::pair<Text, Text>>{{"P5 2 2 255\nabc", "it ends early"}, {"P5 2", "it ends early"}, {"P5 2 2 255", "it ends early"},
                                                                      {"P2 1 2 9 1", "it ends early"}, {"P2 1 1 9 10", "value 0 is 10, and the largest is to be 9"}, {"P2 1 1 9 x", "a value is no number"}, {"P2 1 1 9 1x", "a value is no number"},
                                                                      {"P5 x 2 255\nabcd", "the width is no number"}, {"P5 2 2 0\nabcd", "its largest value is to be from 1 to 65535, and is 0"}, {"P5 2 2 70000\nabcd", "and is 70000"},
                                                                      {"P5 99999999999999999999 2 255\na", "the width is too large"}, {"P5 0 2 255\na", "expected a picture with pixels, found 2 x 0"}, {"P5 20000 20000 255\na", "at most 100000000 pixels"},
                                                                      {"P5 2000 2000 255\na", "its header promises 4000000 values, more than its 18 bytes hold"}, {"P4 8 1\na", "found a file that begins with 50 34"}})
    BOOST_TEST_CONTEXT(bytes) BOOST_TEST(says(refused_plain(bytes), told));
}

BOOST_AUTO_TEST_CASE(bitmaps_that_are_wrong_are_told_in_which_way) {
  const Text rgb = golden_file("bmp_rgb.bmp");
  const auto with = [](Text bytes, std::size_t at, Text change) { return bytes.replace(at, change.size(), change); };
  BOOST_TEST(says(refused_file("1.bmp", rgb.substr(0, 40)), "it ends early"));
  const auto refused_pixels = [](const Text& bytes) {
    const PictureTree tree{{"a/1.bmp", bytes}};
    return refused_folder(tree.path(), {{"image_size", Extents{4, 4}}});
  };
  BOOST_TEST(says(refused_pixels(rgb.substr(0, 1000)), "it ends early: its header promises 23 x 31 pixels, more than its 1000 bytes hold"));
  BOOST_TEST(says(refused_file("1.bmp", with(rgb, 18, "\x7f\x7f\x7f\x7f")), "expected a picture of at most 100000000 pixels"));
  BOOST_TEST(says(refused_file("1.bmp", with(rgb, 22, Text("\0\0\0\0", 4))), "expected a picture with pixels, found 0 x 31"));
  BOOST_TEST(says(refused_file("1.bmp", with(rgb, 28, "\x05")), "it has 5 bits a pixel"));
  BOOST_TEST(says(refused_file("1.bmp", with(rgb, 30, "\x01")), "expected a BMP picture that is not compressed, found compression 1"));
  BOOST_TEST(says(refused_file("1.bmp", with(rgb, 14, "\x05")), "its header has 5 bytes"));
  Text few = golden_file("bmp_palette.bmp");
  few[46] = 1;
  BOOST_TEST(says(refused_pixels(few), "and its palette has 1"));
}

BOOST_AUTO_TEST_CASE(all_broken_pictures_are_told_at_once) {
  const PictureTree tree{{"a/1.png", golden_file("rgb8.png")}, {"a/2.png", "x"}, {"a/3.png", ""}, {"b/4.png", "GIF89a"}};
  const Refused e = refused_folder(tree.path());
  BOOST_TEST(e.where == tree.path());
  BOOST_TEST(says(e, "3 of 4 pictures cannot be read:\n  a/2.png: expected a picture as PNG, JPEG, PGM, PPM or BMP, found a file that begins with 78\n  a/3.png: expected a picture, found an empty file (0 bytes)\n  b/4.png: "));
  BOOST_TEST(e.hint == "save them anew as PNG or JPEG, or leave them out: (cd " + tree.path() + " && for f in a/2.png a/3.png b/4.png; do mv \"$f\" \"$f.broken\"; done)");
  const Text cut = golden_file("rgb8.png").substr(0, 60);  // its header is whole
  const PictureTree bodies{{"1.png", golden_file("rgb8.png")}, {"2.png", cut}, {"3.png", "x"}};
  BOOST_TEST(says(refused_folder(bodies.path()), "2 of 3 pictures cannot be read:\n  2.png: "));
  const PictureTree alone{{"1.png", "x"}, {"2.png", ""}};
  BOOST_TEST(refused_folder(alone.path()).hint == "save them anew as PNG or JPEG");
}

BOOST_AUTO_TEST_CASE(of_very_many_broken_pictures_so_many_are_told_as_have_room) {
  const PictureTree tree{{"0.png", golden_file("rgb8.png")}};
  for (int i = 100; i < 200; ++i) std::ofstream(tree.path() + "/picture-" + std::to_string(i) + ".png") << "x";
  const Refused e = refused_folder(tree.path());
  BOOST_TEST(says(e, "100 of 101 pictures cannot be read:\n  picture-100.png: "));
  BOOST_TEST(says(e, "\n  and 9"));
  BOOST_TEST(e.hint.size() < 511);
  BOOST_TEST(e.hint.find("; done); 8") != Text::npos);
  BOOST_TEST(e.hint.ends_with(" more are then told"));
}

BOOST_AUTO_TEST_CASE(links_that_lead_nowhere_and_pipes_are_named_and_never_waited_for) {
  const PictureTree tree{{"a/1.png", golden_file("rgb8.png")}};
  std::filesystem::create_symlink("/nothing/here.png", tree.path() + "/a/2.png");
  BOOST_TEST(says(refused_folder(tree.path()), "is a link that leads nowhere"));
  const PictureTree other{{"a/1.png", golden_file("rgb8.png")}};
  BOOST_TEST_REQUIRE(mkfifo((other.path() + "/a/2.png").c_str(), 0600) == 0);
  BOOST_TEST(says(refused_folder(other.path()), "expected an ordinary file"));
}

BOOST_AUTO_TEST_CASE(headers_that_promise_too_much_are_refused_before_memory_is_asked_for) {
  BOOST_TEST(says(refused_file("1.png", png_that_promises(2000000000, 2000000000)), "at most 100000000 pixels, found a header that promises 2000000000 x 2000000000"));
  BOOST_TEST(says(refused_file("1.jpg", jpeg_that_promises(65500, 65500)), "found a header that promises 65500 x 65500"));
  const PictureTree tree{{"1.png", png_that_promises(9000, 9000)}};
  BOOST_TEST(says(refused_folder(tree.path(), {{"image_size", Extents{8, 8}}}), "promises 9000 x 9000 pixels, more than its 178 bytes can hold"));
  const PictureTree jpeg{{"1.jpg", jpeg_that_promises(3000, 3000)}};
  BOOST_TEST(says(refused_folder(jpeg.path(), {{"image_size", Extents{8, 8}}}), "the picture is damaged"));
}

BOOST_AUTO_TEST_CASE(pixels_beyond_the_memory_option_are_refused_with_one_that_suffices) {
  const PictureTree tree{{"1.png", golden_file("rgb8.png")}, {"2.png", golden_file("rgb8.png")}};
  const GivenOptions large = {{"image_size", Extents{1000, 600}}, {"memory", std::int64_t{3}}, {"cache", Text("memory")}};
  const Refused e = refused_folder(tree.path(), large);
  BOOST_TEST(says(e, "at most 3 MiB (option memory), found 2 pictures of 1000 x 600 x 3 bytes, 4 MiB"));
  BOOST_TEST(e.hint == "cache = \"none\", memory = 4, or a smaller image_size");
  BOOST_TEST(Images({{"folder", tree.path()}, {"image_size", Extents{1000, 600}}, {"memory", std::int64_t{4}}, {"cache", Text("memory")}}).count(TRG_TRAIN) == 2);
  BOOST_TEST(says(refused_folder(tree.path(), {{"image_size", Extents{65535, 65535}}, {"cache", Text("memory")}}), "MiB"));
}

BOOST_AUTO_TEST_CASE(of_pictures_that_are_not_held_a_broken_one_is_told_when_it_is_wanted) {
  const PictureTree tree{{"a/1.png", golden_file("rgb8.png")}, {"b/2.png", golden_file("rgb8.png").substr(0, 100)}};
  Images data({{"folder", tree.path()}, {"image_size", Extents{4, 4}}, {"color_mode", Text("rgb")}, {"cache", Text("none")}, {"shuffle_seed", std::int64_t{-1}}});
  BOOST_TEST(data.x(TRG_TRAIN, {0}).size() == 48u);
  const Refused e = refused([&] { data.x(TRG_TRAIN, {0, 1}); });
  BOOST_TEST(e.where == tree.path() + "/b/2.png");
  BOOST_TEST(says(e, "the picture is damaged"));
}

BOOST_AUTO_TEST_CASE(broken_pictures_are_skipped_told_and_counted) {
  for (const Text cache : {"memory", "none"}) {
    const PictureTree tree{{"train/a/1.png", golden_file("rgb8.png")}, {"train/a/2.png", golden_file("rgb8.png").substr(0, 100)}, {"train/a/3.png", golden_file("rgb8.png")}, {"train/b/1.jpg", "no picture at all"},
                           {"train/b/2.jpg", golden_file("rgb.jpg")}, {"test/a/1.png", golden_file("rgb8.png")}, {"test/b/1.png", ""}};
    const GivenOptions skip = {{"folder", tree.path()}, {"image_size", Extents{4, 4}}, {"cache", cache}, {"on_error", Text("skip")}, {"shuffle_seed", std::int64_t{-1}}};
    logged().clear();
    Images data(skip);
    BOOST_TEST(data.count(TRG_TRAIN) == 3);
    BOOST_TEST(data.count(TRG_TEST) == 1);
    data.fit({0, 1, 2});
    BOOST_TEST(data.y(TRG_TRAIN, {0, 1, 2}) == (std::vector<std::int32_t>{0, 0, 1}), boost::test_tools::per_element());
    BOOST_TEST(data.x(TRG_TRAIN, {0, 1, 2}).size() == 144u);
    const auto told = [](const Text& with) { return std::any_of(logged().begin(), logged().end(), [&](const Text& line) { return line.find(with) != Text::npos; }); };
    BOOST_TEST(told("2 of 5 pictures cannot be read and are left out"));
    BOOST_TEST(told(tree.path() + "/train/a/2.png: the picture is damaged"));
    BOOST_TEST(told(tree.path() + "/train/b/1.jpg: expected a picture as PNG, JPEG, PGM, PPM or BMP"));
    BOOST_TEST(told("1 of 2 pictures cannot be read and are left out"));
  }
  const PictureTree none{{"a/1.png", golden_file("rgb8.png")}, {"b/2.png", "x"}};
  const Refused e = refused_folder(none.path(), {{"on_error", Text("skip")}});
  BOOST_TEST(says(e, "expected a picture of this class that can be read, found none"));
  BOOST_TEST(e.where == none.path() + "/b");
}

BOOST_AUTO_TEST_CASE(an_exif_orientation_is_told_and_not_applied) {
  const PictureTree tree{{"1.jpg", golden_file("turned.jpg")}, {"2.jpg", golden_file("rgb.jpg")}};
  logged().clear();
  BOOST_TEST((Images({{"folder", tree.path()}}).fields()[0].shape == Extents{12, 16, 3}));
  BOOST_TEST(std::any_of(logged().begin(), logged().end(), [](const Text& line) { return line.starts_with("1 pictures say in their Exif data"); }));
}

BOOST_AUTO_TEST_CASE(random_cuts_and_flips_are_refused_or_read_but_never_crash) {
  std::mt19937 random(1);
  for (const char* file : {"rgb8.png", "palette_transparent.png", "grey4_interlaced.png", "rgba16.png", "rgb.jpg", "progressive.jpg", "inks.jpg", "turned.jpg", "grey.pgm", "words.ppm", "bmp_bits1.bmp", "bmp_palette.bmp", "bmp_rgba.bmp", "bmp_565.bmp"})
    for (int round = 0; round < 120; ++round) {
      Text bytes = golden_file(file);
      if (round % 3 == 0) bytes.resize(random() % bytes.size());
      for (int flip = 0; flip < round % 3 && !bytes.empty(); ++flip) bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
      const PictureTree tree{{"1.png", bytes}};
      try {
        Images data({{"folder", tree.path()}, {"image_size", Extents{3, 3}}});
        BOOST_TEST(data.x(TRG_TRAIN, {0}).size() > 0);
      } catch (const Refused& e) {
        BOOST_TEST(e.code == TRG_BAD_DATA);
      }
    }
}
