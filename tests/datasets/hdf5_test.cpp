// SPDX-License-Identifier: Apache-2.0
// The data set `hdf5`, against a file that h5py wrote (golden/make_arrays.py), and what it says about files that are wrong.
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <numeric>
#include <random>

#include <teranga/h5/file.hpp>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;
using Words = std::vector<std::string>;

const std::string golden = std::string(TERANGA_SOURCE_FOLDER) + "/tests/datasets/golden/arrays.h5";

const std::string blocks = std::string(TERANGA_SOURCE_FOLDER) + "/tests/datasets/golden/blocks.h5";  // x[i, ...] = i, y[i] = i % 7
constexpr std::int64_t least_memory = 1;                                                             // MiB: an array of 5000 x 64 is larger

struct Hdf5 : Dataset {
  explicit Hdf5(const GivenOptions& options) : Dataset("datasets_hdf5", "teranga.hdf5", options) {}
};

Refused refused_with(const GivenOptions& options) {
  const Refused e = refused([&] { Hdf5 data(options); });
  BOOST_TEST(e.code == TRG_BAD_DATA);
  return e;
}

bool says(const Refused& e, const std::string& text) { return std::string(e.what()).find(text) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(named_data_sets_and_groups_are_read) {
  Hdf5 data({{"train", golden}, {"test", golden}, {"test_arrays", Words{"test/x", "test/y"}}});
  BOOST_TEST(data.count(TRG_TRAIN) == 4);
  BOOST_TEST(data.count(TRG_TEST) == 2);
  BOOST_TEST(data.fields()[0].shape == (std::vector<std::int64_t>{3, 2}), boost::test_tools::per_element());
  BOOST_TEST(data.fields()[1].classes == 3);
  BOOST_TEST(data.fill<float>(TRG_TRAIN, {1}, 0) == (std::vector<float>{1, 2, 3, 4, 5, 6}), boost::test_tools::per_element());
  BOOST_TEST(data.fill<std::int32_t>(TRG_TEST, {1, 0}, 1) == (std::vector<std::int32_t>{0, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(packed_bytes_are_scaled) {
  Hdf5 data({{"train", golden}, {"train_arrays", Words{"pixels", "y"}}, {"scale", 0.5}});
  BOOST_TEST(data.fill<float>(TRG_TRAIN, {1}, 0) == (std::vector<float>{3, 3.5, 4, 4.5, 5, 5.5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_not_there_or_no_numbers_is_named) {
  Folder folder;
  BOOST_TEST(says(refused_with({{"train", folder / "none.h5"}}), "no such file"));
  BOOST_TEST(refused_with({{"train", golden}, {"train_arrays", Words{"images", "y"}}}).where == golden);
  BOOST_TEST(refused_with({{"train", golden}, {"train_arrays", Words{"words", "y"}}}).where == golden + ":words");
  BOOST_TEST(refused_with({{"train", golden}, {"train_arrays", Words{"test", "y"}}}).where == golden + ":test");
  BOOST_TEST(refused_with({{"train", folder.write("text.h5", "this is no HDF5 file")}}).where == folder / "text.h5");
  BOOST_TEST(says(refused_with({{"train", golden}, {"train_arrays", Words{"x", "test/y"}}}), "expected 4 targets"));
}

BOOST_AUTO_TEST_CASE(element_types_that_h5py_writes_are_read_or_refused_with_a_cure) {
  const std::string types = std::string(TERANGA_SOURCE_FOLDER) + "/tests/datasets/golden/types.h5";
  const auto given = [&](const std::string& x, const std::string& y) { return GivenOptions{{"train", types}, {"train_arrays", Words{x, y}}}; };
  for (const char* y : {"y_bool", "y_u64", "y_be", "y_enum", "links/y"}) {
    Hdf5 data(given("x", y));
    BOOST_TEST_CONTEXT(y) BOOST_TEST(data.fill<std::int32_t>(TRG_TRAIN, {0, 1, 2, 3}, 1) == (std::vector<std::int32_t>{0, 1, 1, 0}), boost::test_tools::per_element());
  }
  BOOST_TEST(Hdf5(given("x_half", "y_be")).fill<float>(TRG_TRAIN, {1}, 0)[0] == 0.199951171875f);
  BOOST_TEST(Hdf5(given("x_bool", "y_be")).fill<float>(TRG_TRAIN, {0, 3}, 0) == (std::vector<float>{0, 0, 0, 1}), boost::test_tools::per_element());
  const Refused text = refused_with(given("x", "y_text"));
  BOOST_TEST(text.where == types + ":y_text");
  BOOST_TEST(says(text, "found text of 3 bytes"));
  BOOST_TEST(text.hint.find("np.unique(texts, return_inverse=True)") != std::string::npos);
  BOOST_TEST(says(refused_with(given("x", "y_names")), "found text of variable length"));
  BOOST_TEST(says(refused_with(given("x_empty", "y_be")), "found an empty data set"));
  BOOST_TEST(says(refused_with(given("outside", "y_be")), "a link to another file ('/x' in 'other.h5')"));
  BOOST_TEST(says(refused_with(given("x", "y_huge")), "wanted whole numbers of 63 bits, found 18446744073709551615"));
  const Refused missing = refused_with(given("images", "y_be"));
  BOOST_TEST(says(missing, "expected an array \"images\", found "));
  BOOST_TEST(says(missing, "x_half"));
  BOOST_TEST(missing.hint.starts_with("train_arrays = "));
}

BOOST_AUTO_TEST_CASE(truncated_files_are_refused) {
  Folder folder;
  std::ifstream file(golden, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  std::mt19937 random(5);
  for (int round = 0; round < 100; ++round) {
    const std::string cut = folder.write("cut.h5", whole.substr(0, random() % whole.size()));
    refused_with({{"train", cut}});
  }
}

BOOST_AUTO_TEST_CASE(what_is_larger_than_the_memory_is_read_by_blocks_of_whole_chunks) {
  Hdf5 data({{"train", blocks}, {"memory", least_memory}});
  BOOST_TEST(data.count(TRG_TRAIN) == 5000);
  BOOST_TEST(data.fields()[1].classes == 7);
  const auto [rows, window] = data.blocks(TRG_TRAIN);
  BOOST_TEST(rows % 96 == 0);
  BOOST_TEST(window >= rows);
  BOOST_TEST(window * 65 * 4 <= (1 << 20) / 2);  // half of the memory
  std::vector<std::int64_t> block(static_cast<std::size_t>(rows));
  std::iota(block.begin(), block.end(), rows);
  const std::vector<float> x = data.fill<float>(TRG_TRAIN, block, 0);
  for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST_REQUIRE(x[i] == static_cast<float>(rows + static_cast<std::int64_t>(i / 64)));
  const std::vector<std::int32_t> y = data.fill<std::int32_t>(TRG_TRAIN, block, 1);
  for (std::size_t i = 0; i < y.size(); ++i) BOOST_TEST_REQUIRE(y[i] == static_cast<std::int32_t>((rows + static_cast<std::int64_t>(i)) % 7));
  // Whoever asks for samples in another order gets them too.
  const std::vector<float> some = data.fill<float>(TRG_TRAIN, {4999, 0, 1, 2, 700, 96, 95}, 0);
  for (const auto& [at, value] : {std::pair{0, 4999.0f}, {1, 0.0f}, {2, 1.0f}, {3, 2.0f}, {4, 700.0f}, {5, 96.0f}, {6, 95.0f}}) BOOST_TEST(some[static_cast<std::size_t>(at) * 64 + 63] == value);
  // With room for all of it, nothing is read by blocks.
  Hdf5 held({{"train", blocks}, {"memory", std::int64_t{2}}});
  BOOST_TEST(held.blocks(TRG_TRAIN).first == 0);
  BOOST_TEST(held.fill<float>(TRG_TRAIN, block, 0) == x, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(blocks_are_scaled_one_hot_and_of_any_chunks) {
  Hdf5 data({{"train", blocks}, {"train_arrays", Words{"narrow", "y"}}, {"memory", least_memory}, {"scale", 0.5}, {"one_hot", true}});
  BOOST_TEST(data.blocks(TRG_TRAIN).first == 1400);  // two chunks: 500 KiB of samples
  const std::vector<float> x = data.fill<float>(TRG_TRAIN, {699, 700, 701}, 0);
  BOOST_TEST(x[0] == 199 * 0.5f);
  BOOST_TEST(x[64] == 200 * 0.5f);
  BOOST_TEST(x[191] == 201 * 0.5f);
  BOOST_TEST(data.fill<float>(TRG_TRAIN, {8}, 1) == (std::vector<float>{0, 1, 0, 0, 0, 0, 0}), boost::test_tools::per_element());
}

// Windows hold whole chunks, two of them at a time.
BOOST_AUTO_TEST_CASE(a_chunk_that_the_memory_does_not_hold_twice_is_refused_with_the_memory_that_does) {
  const std::string chunks = std::string(TERANGA_SOURCE_FOLDER) + "/tests/datasets/golden/chunks.h5";
  const auto given = [&](const std::string& group, std::int64_t memory) { return GivenOptions{{"train", chunks}, {"train_arrays", Words{group + "/x", group + "/y"}}, {"memory", memory}}; };
  const auto refused_blocks = [&](const std::string& group, std::int64_t memory) { return refused([&] { Hdf5(given(group, memory)).blocks(TRG_TRAIN); }); };
  const Refused half = refused_blocks("half", least_memory);
  BOOST_TEST(half.code == TRG_BAD_DATA);
  BOOST_TEST(says(half, "in chunks of 2500 samples"));
  BOOST_TEST(says(half, "1300000 bytes, found 1048576"));
  BOOST_TEST(half.where == chunks + ":half/x");
  BOOST_TEST(half.hint == "memory = 2, or a file with smaller chunks");
  BOOST_TEST(Hdf5(given("half", 2)).blocks(TRG_TRAIN).first == 0);  // held
  BOOST_TEST(refused_blocks("quarter", 2).hint == "memory = 3, or a file with smaller chunks");
  Hdf5 quarter(given("quarter", 3));
  BOOST_TEST(quarter.blocks(TRG_TRAIN).first == 5000);
  BOOST_TEST(quarter.blocks(TRG_TRAIN).second < 10000);
  BOOST_TEST(quarter.fill<float>(TRG_TRAIN, {19998, 19999}, 0)[64] == 1.0f);
}

BOOST_AUTO_TEST_CASE(ids_in_blocks_are_looked_at_when_they_are_read) {
  Hdf5 data({{"train", blocks}, {"train_arrays", Words{"ids", "y"}}, {"memory", least_memory}, {"features_are", "ids"}});
  BOOST_TEST(data.fill<std::int32_t>(TRG_TRAIN, {4320, 4322}, 0)[64] == 4322);
  const Refused e = refused([&] { data.fill<std::int32_t>(TRG_TRAIN, {4320, 4321, 4322}, 0); });
  BOOST_TEST(says(e, "expected ids of 32 bits, found 1099511627776"));
  BOOST_TEST(e.record == 4321);
  BOOST_TEST(e.where == blocks + ":ids");
}

BOOST_AUTO_TEST_CASE(targets_that_are_quantities_stay_in_the_file_too) {
  Folder folder;
  std::vector<float> x(6000 * 50), y(6000 * 50);
  std::iota(x.begin(), x.end(), 0.0f);
  std::iota(y.begin(), y.end(), 0.5f);
  auto file = teranga::h5::File::create_image("made here");
  file.write("x", teranga::h5::Type::f32, {6000, 50}, x.data());
  file.write("y", teranga::h5::Type::f32, {6000, 50}, y.data());
  const auto image = file.image();
  const std::string path = folder.write("plain.h5", {reinterpret_cast<const char*>(image.data()), image.size()});
  Hdf5 data({{"train", path}, {"memory", least_memory}});
  const auto [rows, window] = data.blocks(TRG_TRAIN);
  BOOST_TEST(rows == (1 << 19) / 400);  // no chunks: as many as half of the memory holds
  BOOST_TEST(window == rows);
  BOOST_TEST(data.fill<float>(TRG_TRAIN, {5999}, 0) == std::vector<float>(x.end() - 50, x.end()), boost::test_tools::per_element());
  BOOST_TEST(data.fill<float>(TRG_TRAIN, {17}, 1) == std::vector<float>(y.begin() + 17 * 50, y.begin() + 18 * 50), boost::test_tools::per_element());
  std::filesystem::resize_file(path, 1 << 20);  // while it is open
  BOOST_TEST(refused([&] { data.fill<float>(TRG_TRAIN, {5999}, 0); }).code == TRG_BAD_DATA);
}
