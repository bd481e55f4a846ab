// SPDX-License-Identifier: Apache-2.0
// The binary files of CIFAR-10 and CIFAR-100: pixels, labels, names, parts, and what is wrong with them.
#include <boost/test/unit_test.hpp>

#include <filesystem>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;
using Text = std::string;
using Texts = std::vector<std::string>;

struct Cifar : Dataset {
  explicit Cifar(const GivenOptions& options) : Dataset("datasets_cifar", "teranga.cifar", options) {}
  Cifar(const GivenOptions& options, const NewSamples& fresh) : Dataset("datasets_cifar", "teranga.cifar", options, fresh) {}
};

// Value of a pixel that tells where it lies.
int value(int record, int y, int x, int channel) { return (record * 50 + y * 7 + x * 3 + channel * 101) % 256; }

Text record_of(int number, const Text& labels) {
  Text bytes = labels;
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < 32; ++y)
      for (int x = 0; x < 32; ++x) bytes += static_cast<char>(value(number, y, x, c));
  return bytes;
}

bool says(const Refused& e, const Text& text) {
  if (Text(e.what()).find(text) != Text::npos) return true;
  BOOST_TEST_MESSAGE(e.where << ": " << e.what());
  return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_folder_of_cifar_10_has_its_parts_pixels_and_names) {
  const Folder folder;
  folder.write("data_batch_1.bin", record_of(0, "\3") + record_of(1, Text(1, '\0')));
  folder.write("data_batch_2.bin", record_of(2, "\x09"));
  folder.write("test_batch.bin", record_of(3, "\1"));
  folder.write("readme.html", "<html>");
  Cifar data({{"folder", std::filesystem::path(folder / "x").parent_path().string()}, {"scale", 1.0}});
  BOOST_TEST(data.count(TRG_TRAIN) == 3);
  BOOST_TEST(data.count(TRG_VALIDATION) == -1);
  BOOST_TEST(data.count(TRG_TEST) == 1);
  BOOST_TEST((data.fields()[0].shape == std::vector<std::int64_t>{32, 32, 3}));
  BOOST_TEST(data.fields()[1].classes == 10);
  BOOST_TEST(data.fields()[1].class_names[3] == "cat");
  const std::vector<float> x = data.fill<float>(TRG_TRAIN, {2}, 0), test = data.fill<float>(TRG_TEST, {0}, 0);
  for (int y = 0; y < 32; ++y)
    for (int column = 0; column < 32; ++column)
      for (int c = 0; c < 3; ++c) {
        const auto at = static_cast<std::size_t>((y * 32 + column) * 3 + c);
        BOOST_REQUIRE(x[at] == static_cast<float>(value(2, y, column, c)));
        BOOST_REQUIRE(test[at] == static_cast<float>(value(3, y, column, c)));
      }
  BOOST_TEST(data.fill<std::int32_t>(TRG_TRAIN, {0, 1, 2}, 1) == (std::vector<std::int32_t>{3, 0, 9}), boost::test_tools::per_element());
  folder.write("batches.meta.txt", "a\r\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
  BOOST_TEST((Cifar({{"folder", std::filesystem::path(folder / "x").parent_path().string()}}).fields()[1].class_names == Texts{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}));
}

BOOST_AUTO_TEST_CASE(cifar_100_has_fine_and_coarse_labels) {
  const Folder folder;
  const Text train = folder.write("train.bin.gz", gzip(record_of(0, "\x13\x63") + record_of(1, "\x02\x0b")));
  Cifar fine({{"train", Texts{train}}}), coarse({{"train", Texts{train}}, {"labels", Text("coarse")}});
  BOOST_TEST(fine.fields()[1].classes == 100);
  BOOST_TEST(coarse.fields()[1].classes == 20);
  BOOST_TEST(fine.fill<std::int32_t>(TRG_TRAIN, {0, 1}, 1) == (std::vector<std::int32_t>{99, 11}), boost::test_tools::per_element());
  BOOST_TEST(coarse.fill<std::int32_t>(TRG_TRAIN, {0, 1}, 1) == (std::vector<std::int32_t>{19, 2}), boost::test_tools::per_element());
  BOOST_TEST(std::abs(fine.fill<float>(TRG_TRAIN, {1}, 0)[0] - 50.0F / 255) < 1e-6F);
  Cifar fresh({{"train", Texts{train}}}, {fine.fit({0, 1}), {folder.write("new.bin", record_of(5, "\x01\x02"))}});
  BOOST_TEST(fresh.count(TRG_TEST) == 1);
  BOOST_TEST(fresh.fill<std::int32_t>(TRG_TEST, {0}, 1)[0] == 2);
}

BOOST_AUTO_TEST_CASE(files_that_are_wrong_are_named_with_their_record) {
  const Folder folder;
  const auto refused_file = [&](const Text& bytes) {
    const Text path = folder.write("train.bin", bytes);
    const Refused e = refused([&] { Cifar({{"train", Texts{path}}}); });
    BOOST_TEST(e.where == path);
    return e;
  };
  BOOST_TEST(says(refused_file(record_of(0, "\1").substr(0, 3000)), "expected a binary file of CIFAR-10 (records of 3073 bytes) or CIFAR-100 (3074 bytes), found 3000 bytes"));
  BOOST_TEST(refused_file("\x80\x04" + Text(998, 'x')).hint.find("this is the version for Python") == 0);
  const Refused wrong = refused_file(record_of(0, "\1") + record_of(1, "\x0a"));
  BOOST_TEST(wrong.record == 1);
  BOOST_TEST(says(wrong, "expected a class from 0 to 9, found 10"));
  BOOST_TEST(says(refused([&] { Cifar({{"train", Texts{folder.write("a.bin", record_of(0, "\1")), folder.write("b.bin", record_of(0, "\1\1"))}}}); }), "expected records of CIFAR-10, as in the first file, found those of CIFAR-100"));
  BOOST_TEST(says(refused([&] { Cifar({{"folder", folder / "nothing"}}); }), "there is no such folder"));
  std::filesystem::create_directory(folder / "empty");
  BOOST_TEST(says(refused([&] { Cifar({{"folder", folder / "empty"}}); }), "expected data_batch_1.bin and others (CIFAR-10) or train.bin (CIFAR-100), found no file"));
  BOOST_TEST(refused([&] { Cifar({}); }).where == "train");
}
