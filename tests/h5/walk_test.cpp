// SPDX-License-Identifier: Apache-2.0
// What a walk may meet: names are cheap, and bytes can be claimed many times over.
#include <hdf5.h>
#include <sys/stat.h>
#include <unistd.h>
#include <teranga/core/error.hpp>
#include <teranga/h5/walk.hpp>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <functional>

using namespace teranga;
using h5::File;
using h5::Walk;

namespace {

struct MadeFile {
  explicit MadeFile(const std::function<void(hid_t)>& fill) {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    fill(file);
    H5Fclose(file);
  }
  MadeFile(const MadeFile&) = delete;
  MadeFile& operator=(const MadeFile&) = delete;
  ~MadeFile() { std::filesystem::remove(path); }
  std::string path = (std::filesystem::temp_directory_path() / ("teranga_walk_" + std::to_string(::getpid()) + ".h5")).string();
};

int walk_all(const File& file, Walk& walk, const std::string& group) {
  int objects = 0;
  for (const h5::Child& child : file.list(group)) {
    const std::string path = group + "/" + child.name;
    walk.meet(path, child);
    ++objects;
    if (child.kind == h5::Kind::group) objects += walk_all(file, walk, path);
  }
  return objects;
}

std::string refusal(const std::string& path, Walk::Packed packed = Walk::Packed::taken) {
  try {
    const File file = File::open(path);
    Walk walk(file, packed);
    walk_all(file, walk, "");
  } catch (const Error& error) {
    BOOST_TEST((error.code() == ExitCode::data));
    BOOST_TEST(std::string(error.what()).find(path) != std::string::npos);
    return error.what();
  }
  return "no error";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

hid_t make_set(hid_t file, const char* name, hsize_t elements, hid_t list) {
  const hid_t space = H5Screate_simple(1, &elements, nullptr);
  const hid_t set = H5Dcreate2(file, name, H5T_STD_I32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
  H5Sclose(space);
  return set;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_group_with_two_names_is_met_once_or_not_at_all) {
  const MadeFile made([](hid_t file) {
    hid_t at = H5Gopen2(file, "/", H5P_DEFAULT);
    for (int level = 0; level < 40; ++level) {
      const hid_t next = H5Gcreate2(at, "a", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      H5Lcreate_hard(at, "a", at, "b", H5P_DEFAULT, H5P_DEFAULT);
      H5Gclose(at);
      at = next;
    }
    H5Gclose(at);
  });
  BOOST_TEST(has(refusal(made.path), "under one name"));
}

BOOST_AUTO_TEST_CASE(a_ring_of_groups_has_an_end) {
  const MadeFile made([](hid_t file) {
    H5Gclose(H5Gcreate2(file, "a", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Lcreate_hard(file, "a", file, "a/a", H5P_DEFAULT, H5P_DEFAULT);
  });
  BOOST_TEST(has(refusal(made.path), "under one name, found the same one as '/a'"));
}

BOOST_AUTO_TEST_CASE(groups_lie_in_one_another_up_to_a_depth) {
  for (const int depth : {Walk::deepest, Walk::deepest + 1}) {
    const MadeFile made([&](hid_t file) {
      std::string path;
      for (int level = 0; level < depth; ++level) H5Gclose(H5Gcreate2(file, (path += "/a").c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    });
    BOOST_TEST(has(refusal(made.path), "wanted at most 64 groups") == (depth > Walk::deepest));
  }
}

BOOST_AUTO_TEST_CASE(what_was_never_written_claims_no_more_than_can_be_packed_in_the_file) {
  const MadeFile made([](hid_t file) {
    for (int i = 0; i < 60; ++i) H5Dclose(make_set(file, std::to_string(i).c_str(), 1'000'000, H5P_DEFAULT));
  });
  BOOST_TEST(has(refusal(made.path), "more than a file of"));
  BOOST_TEST(has(refusal(made.path, Walk::Packed::refused), "in one piece"));
}

BOOST_AUTO_TEST_CASE(a_chunk_is_no_larger_than_what_can_be_packed_in_the_file) {
  for (const hsize_t elements : {hsize_t{1'000'000}, hsize_t{500'000'000}}) {
    const MadeFile made([&](hid_t file) {
      const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
      H5Pset_chunk(list, 1, &elements);
      const hsize_t extent = 10, most = H5S_UNLIMITED;
      const hid_t space = H5Screate_simple(1, &extent, &most);
      H5Dclose(H5Dcreate2(file, "x", H5T_STD_I32LE, space, H5P_DEFAULT, list, H5P_DEFAULT));
      H5Sclose(space);
      H5Pclose(list);
    });
    BOOST_TEST(has(refusal(made.path), "its chunks (500000000) claim 2000000000 bytes each") == (elements == 500'000'000));
  }
}

BOOST_AUTO_TEST_CASE(a_pipe_a_device_and_a_ring_of_links_hold_nobody_up) {
  const std::string place = (std::filesystem::temp_directory_path() / ("teranga_odd_" + std::to_string(::getpid()))).string();
  const auto message = [](const std::string& path) {
    try {
      File::open(path);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  BOOST_REQUIRE(::mkfifo(place.c_str(), 0600) == 0);
  BOOST_TEST(has(message(place), "not a regular file"));
  std::filesystem::remove(place);
  std::filesystem::create_symlink(place, place);
  BOOST_TEST(has(message(place), "cannot be opened"));
  std::filesystem::remove(place);
  BOOST_TEST(has(message("/dev/zero"), "not a regular file"));
}

BOOST_AUTO_TEST_CASE(a_file_that_changes_while_it_is_read_is_refused) {
  const MadeFile made([](hid_t file) {
    const hid_t set = make_set(file, "x", 4, H5P_DEFAULT);
    const int values[] = {1, 2, 3, 4};
    H5Dwrite(set, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(set);
  });
  const File file = File::open(made.path);
  std::int32_t values[4];
  file.read("x", h5::Type::i32, values, sizeof values);
  BOOST_TEST(values[3] == 4);
  std::filesystem::last_write_time(made.path, std::filesystem::last_write_time(made.path) - std::chrono::hours(1));
  BOOST_CHECK_THROW(file.read("x", h5::Type::i32, values, sizeof values), Error);
}

// The same numbers by either way: in place, or through the process that reads.
BOOST_AUTO_TEST_CASE(numbers_come_through_both_ways_in_pieces_and_rows) {
  constexpr hsize_t extents[] = {9000, 300};
  std::vector<std::int32_t> values(extents[0] * extents[1]);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int32_t>(i * 2654435761U >> 3);
  const MadeFile made([&](hid_t file) {
    const hid_t space = H5Screate_simple(2, extents, nullptr), list = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[] = {70, 64};
    for (const char* name : {"plain", "packed", "other_order"}) {
      if (name[1] == 'a') H5Pset_chunk(list, 2, chunk), H5Pset_deflate(list, 1);
      const hid_t set = H5Dcreate2(file, name, name[0] == 'o' ? H5T_STD_I32BE : H5T_STD_I32LE, space, H5P_DEFAULT, name[1] == 'a' ? list : H5P_DEFAULT, H5P_DEFAULT);
      H5Dwrite(set, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      H5Dclose(set);
    }
    H5Pclose(list);
    H5Sclose(space);
  });
  const File file = File::open(made.path);
  for (const char* name : {"plain", "packed", "other_order"}) {
    BOOST_TEST((file.describe(name).place != 0) == (name[0] == 'p' && name[1] == 'l'));
    std::vector<std::int32_t> found(values.size());
    file.read(name, h5::Type::i32, found.data(), found.size() * 4);
    BOOST_TEST((found == values));
    std::vector<std::int32_t> rows(301 * 300);
    file.read_rows(name, h5::Type::i32, 4321, 301, rows.data(), rows.size() * 4);
    BOOST_TEST(std::equal(rows.begin(), rows.end(), values.begin() + 4321 * 300));
    std::vector<double> wide(300);
    file.read_rows(name, h5::Type::f64, 8999, 1, wide.data(), wide.size() * 8);
    BOOST_TEST(wide[299] == values.back());
  }
}
