// SPDX-License-Identifier: Apache-2.0
// New samples of the data sets of arrays: prepared by what a training learnt, without its files.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

#include <teranga/h5/file.hpp>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;
using Words = std::vector<std::string>;
using Floats = std::vector<float>;
using Shape = std::vector<std::int64_t>;

std::string golden(const std::string& name) { return std::string(TERANGA_SOURCE_FOLDER) + "/tests/datasets/golden/" + name; }

bool says(const Refused& e, const std::string& text) { return std::string(e.what()).find(text) != std::string::npos; }

template <class T>
std::string npy(const std::string& descr, const std::string& shape, const std::vector<T>& values) {
  const std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
  const std::string front = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return front + header + std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

std::string idx(int type, const std::vector<std::uint32_t>& shape, const std::string& elements) {
  std::string bytes = {0, 0, static_cast<char>(type), static_cast<char>(shape.size())};
  for (const std::uint32_t extent : shape)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(extent >> shift & 0xff);
  return bytes + elements;
}

// Bytes of 2 x 2 x 1, scaled by 0.5, in 3 classes with names. The training files are gone when the new samples are opened.
struct Trained {
  Folder folder;
  GivenOptions options;
  std::string learnt;
  Trained() {
    options = {{"train", Words{folder.write("x.npy", npy<std::uint8_t>("|u1", "(3, 2, 2, 1)", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})), folder.write("y.npy", npy<std::int32_t>("<i4", "(3,)", {2, 0, 1}))}},
               {"scale", 0.5},
               {"class_names", Words{"a", "b", "c"}}};
    learnt = Dataset("datasets_npy", "teranga.npy", options).fit({0, 1, 2});
    std::filesystem::remove(folder / "x.npy");
    std::filesystem::remove(folder / "y.npy");
  }
  Dataset fresh(const Words& paths) const { return {"datasets_npy", "teranga.npy", options, {learnt, paths}}; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(new_samples_are_laid_as_the_training_laid_its_own, Trained) {
  Dataset data = fresh({folder.write("n.npy", npy<std::uint8_t>("|u1", "(2, 2, 2, 1)", {2, 4, 6, 8, 1, 1, 1, 1}))});
  BOOST_TEST(data.count(TRG_TEST) == 2);
  BOOST_TEST(data.count(TRG_TRAIN) == -1);
  const auto fields = data.fields();
  BOOST_TEST_REQUIRE(fields.size() == 2u);
  BOOST_TEST(fields[0].shape == (Shape{2, 2, 1}), boost::test_tools::per_element());
  BOOST_TEST(!fields[0].absent);
  BOOST_TEST(fields[1].absent);
  BOOST_TEST(fields[1].class_names == (Words{"a", "b", "c"}), boost::test_tools::per_element());
  BOOST_TEST(data.fill<float>(TRG_TEST, {0}, 0) == (Floats{1, 2, 3, 4}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(real_numbers_are_no_bytes_and_are_not_scaled, Trained) {
  Dataset data = fresh({folder.write("n.npy", npy<float>("<f4", "(1, 2, 2, 1)", {2, 4, 6, 8}))});
  BOOST_TEST(data.fill<float>(TRG_TEST, {0}, 0) == (Floats{2, 4, 6, 8}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(bytes_of_another_type_are_not_taken_as_they_are, Trained) {
  const Refused e = refused([&] { fresh({folder.write("n.npy", npy<std::int32_t>("<i4", "(1, 2, 2, 1)", {2, 4, 6, 8}))}); });
  BOOST_TEST(says(e, "expected bytes, which are multiplied by scale = 0.5 as those of the training, or numbers up to 127.5 that are multiplied already, found i32"));
  BOOST_TEST(e.hint == "save them as bytes: a.astype(\"uint8\"), or multiplied: a * 0.5");
  BOOST_TEST(refused([&] { fresh({folder.write("n.npy", npy<float>("<f4", "(1, 2, 2, 1)", {2, 4, 6, 255}))}); }).hint == e.hint);
}

BOOST_FIXTURE_TEST_CASE(fractions_are_no_bytes_of_another_type, Trained) {
  for (const float largest : {127.75F, 200.5F, 1000.25F}) {
    logged().clear();
    Dataset data = fresh({folder.write("n.npy", npy<float>("<f4", "(1, 2, 2, 1)", {2, 4, 6, largest}))});
    BOOST_TEST(data.fill<float>(TRG_TEST, {0}, 0) == (Floats{2, 4, 6, largest}), boost::test_tools::per_element());
    BOOST_TEST(std::ranges::count_if(logged(), [](const std::string& line) { return line.find("are both of one range?") != std::string::npos; }) == (largest > 255));
  }
}

BOOST_FIXTURE_TEST_CASE(one_sample_may_come_without_the_axis_of_samples, Trained) {
  for (const char* shape : {"(2, 2, 1)", "(2, 2)"}) {
    Dataset data = fresh({folder.write("n.npy", npy<std::uint8_t>("|u1", shape, {2, 4, 6, 8}))});
    BOOST_TEST(data.count(TRG_TEST) == 1);
    BOOST_TEST(data.fill<float>(TRG_TEST, {0}, 0) == (Floats{1, 2, 3, 4}), boost::test_tools::per_element());
  }
  const Refused e = refused([&] { fresh({folder.write("n.npy", npy<std::uint8_t>("|u1", "(4, 1)", {2, 4, 6, 8}))}); });
  BOOST_TEST(says(e, "expected samples of shape (2, 2, 1) as in the training part, found (1,)"));
  BOOST_TEST(e.where == folder / "n.npy");
}

BOOST_FIXTURE_TEST_CASE(targets_that_come_with_them_are_checked_by_what_was_learnt, Trained) {
  const std::string x = folder.write("n.npy", npy<std::uint8_t>("|u1", "(1, 2, 2, 1)", {2, 4, 6, 8}));
  Dataset data = fresh({x, folder.write("l.npy", npy<std::int32_t>("<i4", "(1,)", {2}))});
  BOOST_TEST(!data.fields()[1].absent);
  BOOST_TEST(data.fill<std::int32_t>(TRG_TEST, {0}, 1)[0] == 2);
  BOOST_TEST(fresh({x, folder.write("one.npy", npy<std::int32_t>("<i4", "()", {1}))}).fill<std::int32_t>(TRG_TEST, {0}, 1)[0] == 1);
  const Refused e = refused([&] { fresh({x, folder.write("l.npy", npy<std::int32_t>("<i4", "(1,)", {3}))}); });
  BOOST_TEST(says(e, "expected a class number from 0 to 2, found 3"));
  BOOST_TEST(e.hint == "");
  BOOST_TEST(says(refused([&] { fresh({x, x, x}); }), "a file of features and perhaps one of targets"));
  BOOST_TEST(refused([&] { fresh({}); }).code == TRG_BAD_DATA);
}

BOOST_FIXTURE_TEST_CASE(what_was_learnt_is_told_in_words_and_taken_back, Trained) {
  Dataset data = fresh({folder.write("n.npy", npy<std::uint8_t>("|u1", "(1, 2, 2, 1)", {2, 4, 6, 8}))});
  const auto told = data.knowledge(learnt);
  BOOST_TEST_REQUIRE(told.size() == 4u);
  BOOST_TEST(told[0].second == "numbers (bytes), shape (2, 2, 1)");
  BOOST_TEST(told[1].second == "0.5");
  BOOST_TEST(told[2].second == "3 classes, shape ()");
  BOOST_TEST(told[3].second == "a, b, c");
  const auto again = [&](const std::string& y) { return GivenOptions{{"train", Words{folder / "n.npy", folder.write("l.npy", y)}}, {"scale", 0.5}}; };
  Dataset one_class("datasets_npy", "teranga.npy", again(npy<std::int32_t>("<i4", "(1,)", {0})));
  BOOST_TEST(one_class.fields()[1].classes == 1);
  one_class.restore(learnt);
  BOOST_TEST(one_class.fields()[1].classes == 3);
  BOOST_TEST(one_class.fields()[1].class_names[2] == "c");
  Dataset four("datasets_npy", "teranga.npy", again(npy<std::int32_t>("<i4", "(1,)", {3})));
  BOOST_TEST(says(refused([&] { four.restore(learnt); }), "expected class numbers from 0 to 2, as the network was trained on, found 3"));
  Dataset quantities("datasets_npy", "teranga.npy", again(npy<float>("<f4", "(1,)", {3})));
  BOOST_TEST(refused([&] { quantities.restore(learnt); }).code == TRG_BAD_DATA);
  quantities.restore("");  // of a checkpoint that keeps nothing of arrays
}

BOOST_FIXTURE_TEST_CASE(damaged_knowledge_is_refused, Trained) {
  const std::string path = folder.write("n.npy", npy<std::uint8_t>("|u1", "(1, 2, 2, 1)", {2, 4, 6, 8}));
  for (std::size_t size = 0; size < learnt.size(); ++size)
    BOOST_TEST(refused([&] { Dataset("datasets_npy", "teranga.npy", options, {learnt.substr(0, size), {path}}); }).code == TRG_BAD_DATA);
  for (std::size_t at = 0; at < learnt.size(); ++at)
    for (const char wrong : {'\x00', '\x7f', '\xff'}) {
      std::string bytes = learnt;
      bytes[at] = wrong;
      try {
        Dataset data("datasets_npy", "teranga.npy", options, {bytes, {path}});
        data.fields();
      } catch (const Refused& e) {
        BOOST_TEST(e.code == TRG_BAD_DATA);
      }
    }
}

BOOST_AUTO_TEST_CASE(ids_and_one_hot_classes_stay_what_they_were) {
  Folder folder;
  const GivenOptions options = {{"train", Words{golden("x_le_i8.npy"), golden("y.npy")}}, {"features_are", "ids"}, {"one_hot", true}};
  const std::string learnt = Dataset("datasets_npy", "teranga.npy", options).fit({});
  Dataset data("datasets_npy", "teranga.npy", options, {learnt, {golden("x_le_i2.npy"), golden("y.npy")}});
  BOOST_TEST(data.fields()[0].type == TRG_I32);
  BOOST_TEST(data.fill<float>(TRG_TEST, {0}, 1) == (Floats{0, 0, 1}), boost::test_tools::per_element());
  BOOST_TEST(says(refused([&] { Dataset("datasets_npy", "teranga.npy", options, {learnt, {golden("x_le_f4.npy")}}); }), "whole numbers as ids"));
}

BOOST_AUTO_TEST_CASE(archives_give_the_arrays_that_the_recipe_names) {
  Folder folder;
  const GivenOptions options = {{"train", golden("stored.npz")}};
  const std::string learnt = Dataset("datasets_npy", "teranga.npz", options).fit({});
  const auto fresh = [&](const std::string& path) { return Dataset("datasets_npy", "teranga.npz", options, {learnt, {path}}); };
  const std::string x = npy<float>("<f4", "(1, 3, 2)", {1, 2, 3, 4, 5, 6});
  Dataset alone = fresh(folder.write("alone.npz", zip({{"x.npy", x}})));
  BOOST_TEST(alone.fields()[1].absent);
  BOOST_TEST(alone.fill<float>(TRG_TEST, {0}, 0)[5] == 6.f);
  BOOST_TEST(!fresh(golden("packed.npz")).fields()[1].absent);
  BOOST_TEST(fresh(golden("x_be_f4.npy")).count(TRG_TEST) == 4);
  const Refused e = refused([&] { fresh(folder.write("other.npz", zip({{"images.npy", x}}))); });
  BOOST_TEST(says(e, "expected an array \"x\", found images"));
}

BOOST_AUTO_TEST_CASE(hdf5_files_give_the_arrays_that_the_recipe_names) {
  Folder folder;
  const GivenOptions options = {{"train", golden("arrays.h5")}, {"train_arrays", Words{"test/x", "test/y"}}};
  const std::string learnt = Dataset("datasets_hdf5", "teranga.hdf5", options).fit({});
  const auto fresh = [&](const std::string& path) { return Dataset("datasets_hdf5", "teranga.hdf5", options, {learnt, {path}}); };
  BOOST_TEST(fresh(golden("arrays.h5")).fill<std::int32_t>(TRG_TEST, {0, 1}, 1) == (std::vector<std::int32_t>{2, 0}), boost::test_tools::per_element());
  auto file = teranga::h5::File::create_image("made here");
  const Floats one = {1, 2, 3, 4, 5, 6};
  file.write("test/x", teranga::h5::Type::f32, {3, 2}, one.data());
  const auto image = file.image();
  Dataset alone = fresh(folder.write("one.h5", {reinterpret_cast<const char*>(image.data()), image.size()}));
  BOOST_TEST(alone.count(TRG_TEST) == 1);
  BOOST_TEST(alone.fields()[1].absent);
  BOOST_TEST(alone.fill<float>(TRG_TEST, {0}, 0) == one, boost::test_tools::per_element());
  BOOST_TEST(fresh(golden("x_le_f8.npy")).count(TRG_TEST) == 4);
}

BOOST_AUTO_TEST_CASE(idx_files_and_arrays_are_new_samples_of_an_idx_training) {
  Folder folder;
  const GivenOptions options = {{"train", Words{folder.write("x", idx(0x08, {2, 2, 2}, {"\x00\x33\x66\xff\x00\x00\x00\x00", 8})), folder.write("y", idx(0x08, {2}, {"\x01\x00", 2}))}}};
  const std::string learnt = Dataset("datasets_idx", "teranga.idx", options).fit({});
  const auto fresh = [&](const Words& paths) { return Dataset("datasets_idx", "teranga.idx", options, {learnt, paths}); };
  const Floats expected = {0, 0x33 / 255.f, 0x66 / 255.f, 1};
  for (const Words& paths : {Words{folder / "x"}, Words{folder / "x", folder / "y"}, Words{folder.write("one", idx(0x08, {2, 2}, {"\x00\x33\x66\xff", 4}))},
                             Words{folder.write("x.gz", gzip(idx(0x08, {1, 2, 2}, {"\x00\x33\x66\xff", 4})))}, Words{folder.write("n.npy", npy<std::uint8_t>("|u1", "(2, 2)", {0, 0x33, 0x66, 0xff}))}})
    BOOST_TEST(fresh(paths).fill<float>(TRG_TEST, {0}, 0) == expected, boost::test_tools::per_element());
  BOOST_TEST(fresh({folder / "x", folder / "y"}).fill<std::int32_t>(TRG_TEST, {0}, 1)[0] == 1);
}

BOOST_AUTO_TEST_CASE(arrays_are_new_samples_of_the_digits) {
  Folder folder;
  const std::string learnt = Dataset("datasets_digits", "teranga.digits", {}).fit({});
  Dataset data("datasets_digits", "teranga.digits", {}, {learnt, {folder.write("d.npy", npy<std::uint8_t>("|u1", "(8, 8)", std::vector<std::uint8_t>(64, 16)))}});
  BOOST_TEST(data.count(TRG_TEST) == 1);
  BOOST_TEST(data.fields()[1].class_names[9] == "9");
  BOOST_TEST(data.fill<float>(TRG_TEST, {0}, 0)[63] == 1.f);
}

namespace {

// Two columns, of which the second is far from 0, and a target; the mean of the first three samples is 2, 1000002 and 20.
struct Columns {
  Folder folder;
  Words train = {folder.write("x.npy", npy<double>("<f8", "(4, 2)", {1, 1000000, 2, 1000002, 3, 1000004, 9, 1000008})), folder.write("y.npy", npy<float>("<f4", "(4,)", {10, 20, 30, 50}))};
  Dataset opened(const std::string& how, bool target = false) const { return Dataset("datasets_npy", "teranga.npy", options(how, target)); }
  GivenOptions options(const std::string& how, bool target) const { return {{"train", train}, {"normalize", how}, {"normalize_target", target}}; }
};

}  // namespace

BOOST_AUTO_TEST_CASE(columns_are_normalized_by_the_samples_of_the_training) {
  const Columns columns;
  Dataset standard = columns.opened("standard");
  standard.fit({0, 1, 2});
  const float unit = static_cast<float>(std::sqrt(1.5));
  BOOST_TEST(standard.fill<float>(TRG_TRAIN, {0, 1, 2, 3}, 0) == (Floats{-unit, -unit, 0, 0, unit, unit, 7 * unit, 3 * unit}), boost::test_tools::tolerance(1e-6f) << boost::test_tools::per_element());
  BOOST_TEST(standard.fill<float>(TRG_TRAIN, {0, 3}, 1) == (Floats{10, 50}), boost::test_tools::per_element());
  Dataset minmax = columns.opened("minmax", true);
  minmax.fit({0, 1, 2, 3});
  BOOST_TEST(minmax.fill<float>(TRG_TRAIN, {1}, 0) == (Floats{0.125f, 0.25f}), boost::test_tools::per_element());
  BOOST_TEST(minmax.fill<float>(TRG_TRAIN, {0, 1, 3}, 1) == (Floats{0, 0.25f, 1}), boost::test_tools::per_element());
  BOOST_TEST(minmax.fields()[1].offsets == std::vector<double>{10}, boost::test_tools::per_element());
  BOOST_TEST(minmax.fields()[1].scales == std::vector<double>{40}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_learnt_normalizes_a_resumed_training_and_new_samples) {
  const Columns columns;
  const std::string learnt = columns.opened("minmax", true).fit({0, 1, 2, 3});
  Dataset resumed = columns.opened("minmax", true);
  resumed.restore(learnt);
  BOOST_TEST(resumed.fill<float>(TRG_TRAIN, {1}, 0) == (Floats{0.125f, 0.25f}), boost::test_tools::per_element());
  Dataset fresh("datasets_npy", "teranga.npy", columns.options("minmax", true), {learnt, {columns.folder.write("n.npy", npy<float>("<f4", "(1, 2)", {5, 1000004}))}});
  BOOST_TEST(fresh.fill<float>(TRG_TEST, {0}, 0) == (Floats{0.5f, 0.5f}), boost::test_tools::per_element());
  BOOST_TEST(fresh.fields()[1].scales == std::vector<double>{40}, boost::test_tools::per_element());
  bool told = false;
  for (const auto& [name, text] : fresh.knowledge(learnt)) told = told || (name == "features normalized" && text == "2 of the last axis, the first one (x - 1) x 0.125");
  BOOST_TEST(told);
  std::string damaged = learnt;
  damaged.resize(damaged.size() - 8);
  BOOST_CHECK_THROW(columns.opened("minmax", true).restore(damaged), Refused);
}

BOOST_AUTO_TEST_CASE(channels_of_bytes_are_scaled_and_then_normalized) {
  Folder folder;
  const GivenOptions options = {{"train", Words{folder.write("x", idx(0x08, {2, 1, 2}, {"\x00\x33\xff\x33", 4})), folder.write("y", idx(0x08, {2}, {"\x01\x00", 2}))}}, {"normalize", std::string("standard")}};
  Dataset data("datasets_idx", "teranga.idx", options);
  data.fit({0, 1});
  BOOST_TEST(data.fill<float>(TRG_TRAIN, {0, 1}, 0) == (Floats{-0.911322f, -0.390567f, 1.692456f, -0.390567f}), boost::test_tools::tolerance(1e-5f) << boost::test_tools::per_element());  // 0, 51, 255, 51: mean 89.25, deviation 97.9346
}

BOOST_AUTO_TEST_CASE(what_stays_in_its_file_is_normalized_alike) {
  Folder folder;
  constexpr std::int64_t rows = 60000;  // 960 kB, more than its memory allows
  std::vector<float> x, y;
  for (std::int64_t i = 0; i < rows; ++i)
    for (const std::int64_t factor : {1, 3, 7, 11}) x.push_back(static_cast<float>(i * factor % 1009));
  for (std::int64_t i = 0; i < rows; ++i) y.push_back(static_cast<float>(i % 17));
  auto image = teranga::h5::File::create_image("rows");
  image.write("x", teranga::h5::Type::f32, {rows, 4}, x.data());
  image.write("y", teranga::h5::Type::f32, {rows}, y.data());
  const auto bytes = image.image();
  const std::string path = folder.write("rows.h5", std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  std::vector<std::int64_t> samples;
  for (std::int64_t i = 0; i < rows; i += 1 + i % 3) samples.push_back(i);
  std::vector<Floats> found;
  for (const std::int64_t memory : {0, 1}) {
    GivenOptions options = {{"train", path}, {"normalize", std::string("standard")}, {"normalize_target", true}};
    if (memory > 0) options["memory"] = memory;
    Dataset data("datasets_hdf5", "teranga.hdf5", options);
    data.fit(samples);
    found.push_back(data.fill<float>(TRG_TRAIN, {0, 1, 2, 59999}, 0));
    const Floats targets = data.fill<float>(TRG_TRAIN, {0, 1, 2, 59999}, 1);
    found.back().insert(found.back().end(), targets.begin(), targets.end());
  }
  BOOST_TEST(found[0] == found[1], boost::test_tools::per_element());
  BOOST_TEST(std::ranges::all_of(found[0], [](float value) { return std::abs(value) < 4; }));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_normalized_is_refused) {
  const Columns columns;
  Folder folder;
  const Words classes = {columns.train[0], folder.write("c.npy", npy<std::int32_t>("<i4", "(4,)", {0, 1, 1, 0}))};
  const Words ids = {folder.write("i.npy", npy<std::int32_t>("<i4", "(4, 2)", {0, 1, 1, 0, 2, 3, 4, 5})), columns.train[1]};
  const auto told = [](const GivenOptions& options) { return std::string(refused([&] { Dataset("datasets_npy", "teranga.npy", options); }).what()); };
  BOOST_TEST(told({{"train", columns.train}, {"normalize_target", true}}).find("which is \"none\"") != std::string::npos);
  BOOST_TEST(told({{"train", classes}, {"normalize", std::string("standard")}, {"normalize_target", true}}).find("the targets are classes") != std::string::npos);
  BOOST_TEST(told({{"train", Words{columns.train[0]}}, {"normalize", std::string("standard")}, {"normalize_target", true}}).find("there is no target") != std::string::npos);
  BOOST_TEST(told({{"train", ids}, {"features_are", std::string("ids")}, {"normalize", std::string("standard")}}).find("the features are ids") != std::string::npos);
}
