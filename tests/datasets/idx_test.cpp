// SPDX-License-Identifier: Apache-2.0
// The data set `idx`: what it reads, and what it says about files that are wrong.
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <random>

#include <sys/resource.h>
#include <sys/stat.h>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;

std::string idx(int type, const std::vector<std::uint32_t>& shape, const std::string& elements) {
  std::string bytes = {0, 0, static_cast<char>(type), static_cast<char>(shape.size())};
  for (const std::uint32_t extent : shape)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(extent >> shift & 0xff);
  return bytes + elements;
}

const std::string three_images = idx(0x08, {3, 2, 2}, {"\x00\xff\x01\x02\x33\x44\x55\x66\x77\x78\x79\x7a", 12});
const std::string three_labels = idx(0x08, {3}, {"\x02\x00\x01", 3});

struct Idx : Dataset {
  explicit Idx(const GivenOptions& options) : Dataset("datasets_idx", "teranga.idx", options) {}
};

std::vector<std::string> both(const std::string& images, const std::string& labels) { return {images, labels}; }

Refused refused_with(const std::vector<std::string>& train, GivenOptions more = {}) {
  more["train"] = train;
  const Refused e = refused([&] { Idx data(more); });
  BOOST_TEST(e.code == TRG_BAD_DATA);
  return e;
}

bool says(const Refused& e, const std::string& text) { return std::string(e.what()).find(text) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(images_and_labels_come_as_a_channels_last_f32_field_and_class_numbers) {
  Folder folder;
  Idx data({{"train", both(folder.write("x", three_images), folder.write("y", three_labels))}});
  BOOST_TEST(data.count(TRG_TRAIN) == 3);
  BOOST_TEST(data.count(TRG_TEST) == -1);
  const auto fields = data.fields();
  BOOST_REQUIRE(fields.size() == 2);
  BOOST_TEST(fields[0].name == "x");
  BOOST_TEST(fields[0].role == TRG_FEATURE);
  BOOST_TEST(fields[0].type == TRG_F32);
  BOOST_TEST(fields[0].shape == (std::vector<std::int64_t>{2, 2, 1}), boost::test_tools::per_element());
  BOOST_TEST(fields[1].name == "y");
  BOOST_TEST(fields[1].role == TRG_TARGET);
  BOOST_TEST(fields[1].type == TRG_I32);
  BOOST_TEST(fields[1].shape.empty());
  BOOST_TEST(fields[1].classes == 3);
  const auto x = data.fill<float>(TRG_TRAIN, {1, 0, 1}, 0);
  const std::vector<float> expected = {0x33 / 255.f, 0x44 / 255.f, 0x55 / 255.f, 0x66 / 255.f, 0, 1, 1 / 255.f, 2 / 255.f,
                                       0x33 / 255.f, 0x44 / 255.f, 0x55 / 255.f, 0x66 / 255.f};
  BOOST_TEST(x == expected, boost::test_tools::per_element());
  BOOST_TEST(data.fill<std::int32_t>(TRG_TRAIN, {1, 0, 1}, 1) == (std::vector<std::int32_t>{0, 2, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_byte_is_scaled_with_one_rounding) {
  Folder folder;
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  const std::vector<std::string> train = {folder.write("x", idx(0x08, {1, 16, 16}, bytes))};
  const auto by_default = Idx({{"train", train}}).fill<float>(TRG_TRAIN, {0}, 0);
  for (int i = 0; i < 256; ++i) BOOST_TEST(by_default[static_cast<std::size_t>(i)] == static_cast<float>(i) / 255.f);
  for (const double scale : {1.0, 0.0, -1 / 127.5, 1 / 256.0, 3.7e-5, 0.1}) {
    const auto x = Idx({{"train", train}, {"scale", scale}}).fill<float>(TRG_TRAIN, {0}, 0);
    for (int i = 0; i < 256; ++i) BOOST_TEST(x[static_cast<std::size_t>(i)] == static_cast<float>(i * scale));
  }
}

BOOST_AUTO_TEST_CASE(gzipped_files_and_another_scale_and_class_names) {
  Folder folder;
  const auto train = both(folder.write("x.gz", gzip(three_images)), folder.write("y.gz", gzip(three_labels)));
  Idx data({{"train", train}, {"test", train}, {"validation", train}, {"scale", 2.0}, {"class_names", std::vector<std::string>{"a", "b", "c", "d"}}});
  BOOST_TEST(data.count(TRG_TEST) == 3);
  BOOST_TEST(data.count(TRG_VALIDATION) == 3);
  BOOST_TEST(data.fill<float>(TRG_TEST, {0}, 0)[1] == 510.f);
  BOOST_TEST(data.fields()[1].classes == 4);
  BOOST_TEST(data.fields()[1].class_names[3] == "d");
}

BOOST_AUTO_TEST_CASE(wider_elements_are_big_endian_and_are_not_scaled) {
  Folder folder;
  using List = std::vector<std::string>;
  const std::string floats = idx(0x0D, {1, 2}, {"\x3f\x80\x00\x00\xc0\x00\x00\x00", 8});
  const std::string doubles = idx(0x0E, {1, 1}, {"\x3f\xf8\x00\x00\x00\x00\x00\x00", 8});
  const std::string shorts = idx(0x0B, {1, 2}, {"\xff\xfe\x01\x00", 4});
  const std::string ints = idx(0x0C, {1, 1}, {"\x00\x01\x00\x01", 4});
  const std::string chars = idx(0x09, {1, 1}, {"\xfd", 1});
  BOOST_TEST((Idx({{"train", List{folder.write("f", floats)}}}).fill<float>(TRG_TRAIN, {0}, 0)) == (std::vector<float>{1, -2}), boost::test_tools::per_element());
  BOOST_TEST((Idx({{"train", List{folder.write("d", doubles)}}}).fill<float>(TRG_TRAIN, {0}, 0)) == (std::vector<float>{1.5}), boost::test_tools::per_element());
  BOOST_TEST((Idx({{"train", List{folder.write("s", shorts)}}}).fill<float>(TRG_TRAIN, {0}, 0)) == (std::vector<float>{-2, 256}), boost::test_tools::per_element());
  BOOST_TEST((Idx({{"train", List{folder.write("i", ints)}}}).fill<float>(TRG_TRAIN, {0}, 0)) == (std::vector<float>{65537}), boost::test_tools::per_element());
  BOOST_TEST((Idx({{"train", List{folder.write("c", chars)}}}).fill<float>(TRG_TRAIN, {0}, 0)) == (std::vector<float>{-3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_part_is_scaled_by_its_own_type) {
  Folder folder;
  using List = std::vector<std::string>;
  const List bytes = {folder.write("b", idx(0x08, {1, 2}, {"\x33\xff", 2}))}, floats = {folder.write("f", idx(0x0D, {1, 2}, {"\x3f\x80\x00\x00\xc0\x00\x00\x00", 8}))};
  BOOST_TEST((Idx({{"train", bytes}, {"test", floats}}).fill<float>(TRG_TEST, {0}, 0)) == (std::vector<float>{1, -2}), boost::test_tools::per_element());
  BOOST_TEST((Idx({{"train", floats}, {"test", bytes}}).fill<float>(TRG_TEST, {0}, 0)) == (std::vector<float>{0x33 / 255.f, 1}), boost::test_tools::per_element());
  BOOST_TEST((Idx({{"train", floats}, {"validation", bytes}}).fill<float>(TRG_VALIDATION, {0}, 0)) == (std::vector<float>{0x33 / 255.f, 1}), boost::test_tools::per_element());
  const Refused e = refused([&] { Idx({{"train", floats}, {"scale", 0.5}}); });
  BOOST_TEST(e.where == "scale");
}

BOOST_AUTO_TEST_CASE(several_gzip_members_in_a_file_are_one_stream) {
  Folder folder;
  const std::string two = gzip(three_images.substr(0, 18)) + gzip(three_images.substr(18));
  Idx data({{"train", both(folder.write("x.gz", two), folder.write("y", three_labels))}});
  BOOST_TEST(data.count(TRG_TRAIN) == 3);
  BOOST_TEST(data.fill<float>(TRG_TRAIN, {2}, 0)[3] == 0x7a / 255.f);
}

BOOST_AUTO_TEST_CASE(labels_that_do_not_begin_at_0_leave_a_class_without_samples) {
  Folder folder;
  Idx data({{"train", both(folder.write("x", three_images), folder.write("y", idx(0x0C, {3}, {"\0\0\0\1\0\0\0\2\0\0\0\3", 12})))}});
  BOOST_TEST(data.fields()[1].classes == 4);
  BOOST_TEST(data.fill<std::int32_t>(TRG_TRAIN, {2}, 1)[0] == 3);
}

BOOST_AUTO_TEST_CASE(a_missing_file_a_folder_and_an_empty_file_are_named) {
  Folder folder;
  const std::string images = folder.write("x", three_images), labels = folder.write("y", three_labels);
  Refused e = refused_with(both(folder / "nothing-here", labels));
  BOOST_TEST(e.where == folder / "nothing-here");
  BOOST_TEST(says(e, "no such file"));
  e = refused_with(both(folder / ".", labels));
  BOOST_TEST(says(e, "found a folder"));
  e = refused_with(both(images, folder.write("empty", "")));
  BOOST_TEST(e.where == folder / "empty");
  BOOST_TEST(says(e, "empty file"));
}

BOOST_AUTO_TEST_CASE(truncated_and_overlong_and_damaged_files_are_told_apart) {
  Folder folder;
  const std::string labels = folder.write("y", three_labels);
  BOOST_TEST(says(refused_with(both(folder.write("short", three_images.substr(0, three_images.size() - 1)), labels)), "ends inside the elements of shape (3, 2, 2, 1): expected 12 bytes, found 11"));
  BOOST_TEST(says(refused_with(both(folder.write("header", three_images.substr(0, 6)), labels)), "ends inside the idx header"));
  BOOST_TEST(says(refused_with(both(folder.write("long", three_images + "x"), labels)), "expected the end"));
  const std::string packed = gzip(three_images);
  BOOST_TEST(says(refused_with(both(folder.write("short.gz", packed.substr(0, packed.size() - 9)), labels)), "truncated"));
  std::string damaged = packed;
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);  // of the check sum
  BOOST_TEST(says(refused_with(both(folder.write("damaged.gz", damaged), labels)), "damaged"));
}

BOOST_AUTO_TEST_CASE(what_is_no_idx_file_is_told_by_its_first_bytes) {
  Folder folder;
  const std::string labels = folder.write("y", three_labels);
  BOOST_TEST(says(refused_with(both(folder.write("png", "\x89PNG\r\n\x1a\n"), labels)), "found 89 50 4e 47"));
  BOOST_TEST(says(refused_with(both(folder.write("type", idx(0x0A, {1}, "x")), labels)), "expected an idx file"));
  BOOST_TEST(says(refused_with(both(folder.write("rank", {"\x00\x00\x08\x00", 4}), labels)), "expected an idx file"));
}

BOOST_AUTO_TEST_CASE(a_header_that_promises_more_than_memory_is_refused_before_memory_is_asked_for) {
  Folder folder;
  const std::string labels = folder.write("y", three_labels);
  for (const std::string& bytes : {idx(0x0E, {0xffffffff, 0xffffffff, 0xffffffff}, "x"), gzip(idx(0x08, {0xffffffff, 28, 28}, "x"))}) {
    const Refused e = refused_with(both(folder.write("huge", bytes), labels));
    BOOST_TEST(says(e, "promises more data than the file can hold"));
  }
}

BOOST_AUTO_TEST_CASE(a_packed_file_is_unpacked_once_before_much_memory_is_asked_for) {
  Folder folder;
  std::mt19937 random(1);
  std::string noise(1'000'000, ' ');
  for (char& c : noise) c = static_cast<char>(random());
  const Refused e = refused_with(both(folder.write("x", gzip(idx(0x08, {1'000'000, 30, 30}, noise))), folder.write("y", three_labels)));
  BOOST_TEST(says(e, "ends inside the elements of shape (1000000, 30, 30, 1): expected 900000000 bytes, found 10000"));
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  BOOST_TEST(used.ru_maxrss < 300'000);  // KiB
}

BOOST_AUTO_TEST_CASE(a_pipe_and_a_device_hold_nobody_up) {
  Folder folder;
  const std::string labels = folder.write("y", three_labels);
  BOOST_REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  BOOST_TEST(says(refused_with(both(folder / "pipe", labels)), "expected an ordinary file"));
  BOOST_TEST(says(refused_with(both("/dev/zero", labels)), "expected an ordinary file"));
  std::filesystem::create_symlink(folder / "ring", folder / "ring");
  BOOST_TEST(says(refused_with(both(folder / "ring", labels)), "cannot be opened"));
}

BOOST_AUTO_TEST_CASE(swapped_files_and_differing_counts_are_named) {
  Folder folder;
  const std::string images = folder.write("x", three_images), labels = folder.write("y", three_labels);
  Refused e = refused_with(both(labels, images));
  BOOST_TEST(says(e, "expected images"));
  BOOST_TEST(e.hint.find("first path") != std::string::npos);
  e = refused_with(both(images, images));
  BOOST_TEST(says(e, "expected labels"));
  e = refused_with(both(images, folder.write("two", idx(0x08, {2}, {"\x00\x01", 2}))));
  BOOST_TEST(says(e, "expected 3 targets"));
  BOOST_TEST(says(e, "found 2"));
  e = refused_with(both(folder.write("none", idx(0x08, {0, 28, 28}, "")), labels));
  BOOST_TEST(says(e, "none") );
}

BOOST_AUTO_TEST_CASE(a_label_out_of_range_is_named_with_its_record) {
  Folder folder;
  const auto train = both(folder.write("x", three_images), folder.write("y", three_labels));
  Refused e = refused_with(train, {{"classes", std::int64_t{2}}});
  BOOST_TEST(e.record == 0);
  BOOST_TEST(says(e, "from 0 to 1, found 2"));
  BOOST_TEST(e.hint == "classes = 3");
  e = refused_with(train, {{"test", both(train[0], folder.write("z", idx(0x08, {3}, {"\x00\x01\x03", 3})))}});
  BOOST_TEST(e.where == folder / "z");
  BOOST_TEST(e.record == 2);
  e = refused_with(both(train[0], folder.write("negative", idx(0x09, {3}, {"\x00\xff\x01", 3}))));
  BOOST_TEST(e.record == 1);
  BOOST_TEST(says(e, "found -1"));
  BOOST_TEST(e.hint == "a quantity to be predicted is asked for by: target_is = \"numbers\"");
}

BOOST_AUTO_TEST_CASE(targets_of_f32_are_quantities) {
  Folder folder;
  const std::string targets = idx(0x0D, {3}, {"\x3f\x80\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x00", 12});
  Idx data({{"train", both(folder.write("x", three_images), folder.write("y", targets))}});
  BOOST_TEST(data.fields()[1].type == TRG_F32);
  BOOST_TEST(data.fill<float>(TRG_TRAIN, {1, 0}, 1) == (std::vector<float>{-2, 1}), boost::test_tools::per_element());
  const std::string whole = idx(0x0D, {3}, {"\x3f\x80\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00", 12});
  Idx classes({{"train", both(folder.write("x", three_images), folder.write("w", whole))}, {"target_is", std::string("classes")}});
  BOOST_TEST(classes.fields()[1].classes == 3);
}

BOOST_AUTO_TEST_CASE(a_test_part_of_another_shape_or_without_labels_is_refused) {
  Folder folder;
  const auto train = both(folder.write("x", three_images), folder.write("y", three_labels));
  const std::string wide = folder.write("wide", idx(0x08, {3, 2, 3}, std::string(18, '\0')));
  Refused e = refused_with(train, {{"test", both(wide, train[1])}});
  BOOST_TEST(e.where == wide);
  BOOST_TEST(says(e, "(2, 2, 1)"));
  BOOST_TEST(says(e, "(2, 3, 1)"));
  e = refused_with(train, {{"test", std::vector<std::string>{train[0]}}});
  BOOST_TEST(says(e, "expected targets"));
}

BOOST_AUTO_TEST_CASE(names_that_do_not_match_the_number_of_classes_are_an_option_error) {
  Folder folder;
  const auto train = both(folder.write("x", three_images), folder.write("y", three_labels));
  const Refused e = refused([&] { Idx data({{"train", train}, {"classes", std::int64_t{3}}, {"class_names", std::vector<std::string>{"a"}}}); });
  BOOST_TEST(e.code == TRG_BAD_OPTION);
  BOOST_TEST(e.where == "class_names");
}

BOOST_AUTO_TEST_CASE(random_cuts_and_flips_are_refused_or_read_but_never_crash) {
  Folder folder;
  const std::string labels = folder.write("y", three_labels);
  std::mt19937 random(1);
  for (const std::string& whole : {three_images, gzip(three_images), idx(0x0C, {3, 1}, std::string(12, 'a'))})
    for (int round = 0; round < 150; ++round) {
      std::string bytes = whole.substr(0, random() % (whole.size() + 1));
      if (!bytes.empty() && round % 2) bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
      try {
        Idx data({{"train", both(folder.write("cut", bytes), labels)}});
        BOOST_TEST(data.fill<float>(TRG_TRAIN, {2}, 0).size() > 0);
      } catch (const Refused& e) {
        BOOST_TEST(e.code == TRG_BAD_DATA);
      }
    }
}
