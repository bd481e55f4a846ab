// SPDX-License-Identifier: Apache-2.0
// Files that somebody else wrote: each trap that HDF5's format allows is set with the C library itself.
#include <hdf5.h>
#include <unistd.h>
#include <teranga/core/error.hpp>
#include <teranga/h5/file.hpp>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <utility>
#include <vector>

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

// Data sets of two elements, of every type that there is, and links of every kind.
struct Elements {
  Elements() {
    made = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const std::int8_t truth[] = {0, 1};
    write("boolean", enumeration(H5T_STD_I8LE, {{"FALSE", 0}, {"TRUE", 1}}), truth);
    const std::int32_t animals[] = {-3, 7};
    write("animals", enumeration(H5T_STD_I32LE, {{"cat", -3}, {"dog", 7}}), animals);
    const std::int64_t wide[] = {1, 1LL << 40};
    write("wide_animals", enumeration(H5T_STD_I64LE, {{"cat", 1}, {"dog", 1LL << 40}}), wide);
    const std::uint64_t fitting[] = {5, (1ULL << 63) - 1}, large[] = {3, ~0ULL};
    write("unsigned", H5Tcopy(H5T_STD_U64LE), fitting);
    write("large", H5Tcopy(H5T_STD_U64LE), large);
    const std::uint16_t half_bits[] = {0, 0x3800};
    const hid_t half = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(half, 15, 10, 5, 0, 10);
    H5Tset_size(half, 2);
    H5Tset_ebias(half, 15);
    write("half", half, half_bits);
    const hid_t text = H5Tcopy(H5T_C_S1), long_text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 3);
    H5Tset_size(long_text, H5T_VARIABLE);
    const hid_t compound = H5Tcreate(H5T_COMPOUND, 16);
    H5Tinsert(compound, "age", 0, H5T_NATIVE_INT);
    H5Tinsert(compound, "name", 8, text);
    const hsize_t three[] = {3};
    write("compound", compound, nullptr);
    write("text", text, nullptr);
    write("long_text", long_text, nullptr);
    write("opaque", H5Tcreate(H5T_OPAQUE, 5), nullptr);
    write("array", H5Tarray_create2(H5T_NATIVE_INT, 1, three), nullptr);
    write("list", H5Tvlen_create(H5T_NATIVE_INT), nullptr);
    write("reference", H5Tcopy(H5T_STD_REF_OBJ), nullptr);
    write("bits", H5Tcopy(H5T_STD_B8LE), nullptr);
    const hid_t nothing = H5Screate(H5S_NULL);
    H5Dclose(H5Dcreate2(made, "null", H5T_STD_I32LE, nothing, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(nothing);
    H5Gclose(H5Gcreate2(made, "group", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    for (const auto& [to, name] : {std::pair{"/boolean", "soft"}, {"/boolean", "group/up"}, {"up", "group/chain"}, {"./up", "group/here"}, {"group", "door"}, {"/boolean", "group/inside"}, {"/nothing/here", "dangling"},
                                   {"circle", "circle"}, {"../x", "upwards"}, {"external", "to_external"}})
      H5Lcreate_soft(to, made, name, H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/x", made, "external", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(made);
  }
  ~Elements() { std::filesystem::remove(path); }

  static hid_t enumeration(hid_t base, std::initializer_list<std::pair<const char*, std::int64_t>> members) {
    const hid_t type = H5Tenum_create(base);
    for (const auto& [name, value] : members) H5Tenum_insert(type, name, &value);  // little-endian: the first bytes are the value
    return type;
  }
  void write(const char* name, hid_t type, const void* values) {
    const hsize_t two[] = {2};
    const hid_t space = H5Screate_simple(1, two, nullptr);
    const hid_t set = H5Dcreate2(made, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    BOOST_REQUIRE(set >= 0);
    if (values != nullptr) BOOST_REQUIRE(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Tclose(type);
  }

  hid_t made = -1;
  std::string path = (std::filesystem::temp_directory_path() / ("teranga_h5_elements_" + std::to_string(::getpid()) + ".h5")).string();
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
      if (child.name != "soft") BOOST_CHECK_THROW(file.read(child.name, Type::i32, room, sizeof room), Error);
    } else {
      file.read(child.name, Type::i32, room, sizeof room);
      BOOST_TEST((room[0] == -1 && room[3] == 4));
    }
  }
  BOOST_TEST(refused == 9U);
}

BOOST_FIXTURE_TEST_CASE(integers_of_every_kind_are_read_and_other_elements_are_told_for_what_they_are, Elements) {
  const File file = File::open(path);
  const auto numbers = [&](const char* name, Type type) {
    BOOST_TEST_CONTEXT(name) BOOST_TEST(static_cast<int>(file.describe(name).type) == static_cast<int>(type));
    std::vector<std::int64_t> out(2);
    if (type == Type::u8) {
      std::uint8_t bytes[2];
      file.read(name, type, bytes, sizeof bytes);
      out.assign(bytes, bytes + 2);
    } else if (type == Type::i32) {
      std::int32_t wide[2];
      file.read(name, type, wide, sizeof wide);
      out.assign(wide, wide + 2);
    } else {
      file.read(name, type, out.data(), sizeof(std::int64_t) * 2);
    }
    return out;
  };
  using Numbers = std::vector<std::int64_t>;
  BOOST_TEST(numbers("boolean", Type::u8) == (Numbers{0, 1}), boost::test_tools::per_element());
  BOOST_TEST(numbers("animals", Type::i32) == (Numbers{-3, 7}), boost::test_tools::per_element());
  BOOST_TEST(numbers("wide_animals", Type::i64) == (Numbers{1, 1LL << 40}), boost::test_tools::per_element());
  BOOST_TEST(numbers("unsigned", Type::i64) == (Numbers{5, std::numeric_limits<std::int64_t>::max()}), boost::test_tools::per_element());
  float half[2];
  file.read("half", Type::f32, half, sizeof half);
  BOOST_TEST(half[1] == 0.5F);
  std::int64_t large[2] = {};
  BOOST_CHECK_EXCEPTION(file.read("large", Type::i64, large, sizeof large), Error, [](const Error& error) { return std::string(error.what()).find("wanted whole numbers of 63 bits, found 18446744073709551615") != std::string::npos; });
  file.read_rows("large", Type::i64, 0, 1, large, sizeof(std::int64_t));
  BOOST_TEST(large[0] == 3);
  for (const auto& [name, words] : {std::pair{"text", "text of 3 bytes"}, {"long_text", "text of variable length"}, {"compound", "a compound of 2 members (age, name)"}, {"opaque", "raw bytes, 5 an element"},
                                    {"array", "elements that are arrays themselves"}, {"list", "lists of variable length"}, {"reference", "references to other objects"}, {"bits", "bit fields of 1 bytes"},
                                    {"null", "an empty data set, which has no elements and no shape"}, {"group", "a group"}})
    BOOST_CHECK_EXCEPTION(file.describe(name), Error, [&](const Error& error) {
      const bool hinted = std::string(words).starts_with("text") == (error.hint().find("np.unique") != std::string::npos);
      return hinted && std::string(error.what()).find(std::string("wanted a data set of numbers, found ") + words) != std::string::npos;
    });
}

BOOST_FIXTURE_TEST_CASE(soft_links_lead_to_data_sets_of_the_same_file_and_others_are_refused_with_where_they_lead, Elements) {
  const File file = File::open(path);
  for (const char* name : {"soft", "group/up", "group/chain", "door/inside", "group/here"}) {
    std::uint8_t bytes[2] = {};
    file.read(name, Type::u8, bytes, sizeof bytes);
    BOOST_TEST_CONTEXT(name) BOOST_TEST((bytes[0] == 0 && bytes[1] == 1));
  }
  for (const auto& [name, words] : {std::pair{"dangling", "a soft link to '/nothing/here', where nothing is"}, {"circle", "a chain of more than 16 soft links, or a circle of them"}, {"upwards", "a soft link to '../x', which is no name"},
                                    {"external", "a link to another file ('/x' in 'other.h5')"}, {"to_external", "a link to another file ('/x' in 'other.h5')"}})
    BOOST_CHECK_EXCEPTION(file.describe(name), Error, [&](const Error& error) { return std::string(error.what()).find(words) != std::string::npos; });
  for (const auto& child : file.list("/"))
    if (child.name == "soft" || child.name == "door") BOOST_TEST(child.reason == "a soft link");  // who walks a file does not walk in circles
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
