// SPDX-License-Identifier: Apache-2.0
// Files that somebody else wrote: each trap that HDF5's format allows is set with the C library itself.
#include <hdf5.h>
#include <unistd.h>
#include <teranga/core/error.hpp>
#include <teranga/h5/file.hpp>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

using namespace teranga;
using h5::File;
using h5::Kind;
using h5::Type;

namespace {

struct TrapFile {
  TrapFile() {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t four[] = {4};
    const hsize_t vast[] = {hsize_t{1} << 40};
    const hid_t space = H5Screate_simple(1, four, nullptr);
    const hid_t wide = H5Screate_simple(1, vast, nullptr);
    const auto make = [&](const char* name, hid_t type, hid_t shape, hid_t plist) {
      const hid_t set = H5Dcreate2(file, name, type, shape, H5P_DEFAULT, plist, H5P_DEFAULT);
      BOOST_REQUIRE(set >= 0);
      return set;
    };
    const short shorts[] = {-1, 2, 3, 4};
    const hid_t good = make("good", H5T_STD_I16BE, space, H5P_DEFAULT);
    H5Dwrite(good, H5T_NATIVE_SHORT, H5S_ALL, H5S_ALL, H5P_DEFAULT, shorts);
    H5Dclose(good);
    H5Lcreate_external("/etc/hostname.h5", "/x", file, "external", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/good", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
    const hid_t outside = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(outside, "/etc/hostname", 0, 16);
    H5Dclose(make("outside", H5T_STD_I32LE, space, outside));
    const hid_t virtual_list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_virtual(virtual_list, space, "other.h5", "/x", space);
    H5Dclose(make("virtual", H5T_STD_I32LE, space, virtual_list));
    H5Dclose(make("vast", H5T_STD_I32LE, wide, H5P_DEFAULT));
    const hid_t chunked = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[] = {1024};
    H5Pset_chunk(chunked, 1, chunk);
    H5Dclose(make("vast_chunks", H5T_STD_I32LE, wide, chunked));
    H5Dclose(make("unsigned", H5T_STD_U64LE, space, H5P_DEFAULT));
    const hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, H5T_VARIABLE);
    H5Dclose(make("text", text, space, H5P_DEFAULT));
    const hid_t nothing = H5Screate(H5S_NULL);
    H5Dclose(make("null", H5T_STD_I32LE, nothing, H5P_DEFAULT));
    H5Tcommit2(file, "type", text, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    for (const hid_t plist : {outside, virtual_list, chunked}) H5Pclose(plist);
    for (const hid_t shape : {space, wide, nothing}) H5Sclose(shape);
    H5Tclose(text);
    H5Fclose(file);
  }
  ~TrapFile() { std::filesystem::remove(path); }

  std::string path = (std::filesystem::temp_directory_path() / ("teranga_h5_" + std::to_string(::getpid()) + ".h5")).string();
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_leaves_the_file_or_is_no_numbers_is_refused_with_its_reason) {
  const TrapFile trap;
  const File file = File::open(trap.path);
  std::size_t refused = 0;
  for (const auto& child : file.list("/")) {
    BOOST_TEST_CONTEXT(child.name << ": " << child.reason) {
      BOOST_TEST((child.kind == (child.name == "good" ? Kind::data_set : Kind::refused)));
      BOOST_TEST(child.reason.empty() == (child.name == "good"));
    }
    std::int32_t room[4];
    if (child.name != "good") {
      ++refused;
      BOOST_CHECK_THROW(file.read(child.name, Type::i32, room, sizeof room), Error);
    } else {
      file.read(child.name, Type::i32, room, sizeof room);
      BOOST_TEST((room[0] == -1 && room[3] == 4));
    }
  }
  BOOST_TEST(refused == 10U);
}

BOOST_AUTO_TEST_CASE(a_file_cut_short_anywhere_is_an_error_and_never_a_crash) {
  const TrapFile trap;
  std::ifstream in(trap.path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t size = 1; size < bytes.size(); size += 97) {
    const auto* from = reinterpret_cast<const std::byte*>(bytes.data());
    BOOST_CHECK_THROW(File::open_image({from, size}, "a cut file").list("/"), Error);
  }
}
