// SPDX-License-Identifier: Apache-2.0
// The data set `hdf5`, against a file that h5py wrote (golden/make_arrays.py), and what it says about files that are wrong.
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <random>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;
using Words = std::vector<std::string>;

const std::string golden = std::string(TERANGA_SOURCE_FOLDER) + "/tests/datasets/golden/arrays.h5";

struct Hdf5 : Dataset {
  explicit Hdf5(const GivenOptions& options) : Dataset("teranga-data-hdf5", "teranga.hdf5", options) {}
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
  BOOST_TEST(refused_with({{"train", golden}, {"train_arrays", Words{"images", "y"}}}).where == golden + ":images");
  BOOST_TEST(refused_with({{"train", golden}, {"train_arrays", Words{"words", "y"}}}).where == golden + ":words");
  BOOST_TEST(refused_with({{"train", golden}, {"train_arrays", Words{"test", "y"}}}).where == golden + ":test");
  BOOST_TEST(refused_with({{"train", folder.write("text.h5", "this is no HDF5 file")}}).where == folder / "text.h5");
  BOOST_TEST(says(refused_with({{"train", golden}, {"train_arrays", Words{"x", "test/y"}}}), "expected 4 targets"));
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
