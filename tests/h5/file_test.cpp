// SPDX-License-Identifier: Apache-2.0
// What File writes in memory it reads back; what it cannot do it says.
#include <teranga/core/error.hpp>
#include <teranga/h5/file.hpp>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <numeric>

using namespace teranga;
using h5::File;
using h5::Type;

namespace {

std::vector<std::byte> sample_image(std::size_t user_block) {
  File file = File::create_image("a sample", user_block);
  std::vector<float> grid(12);
  std::iota(grid.begin(), grid.end(), 0.0F);
  const double scalar = 0.1;
  const std::int32_t small[] = {-1, 2};
  const std::int64_t large[] = {INT64_MIN, INT64_MAX};
  const std::uint8_t bytes[] = {0, 255};
  file.write("grid", Type::f32, {4, 3}, grid.data());
  file.write("deep/in/scalar", Type::f64, {}, &scalar);
  file.write("small", Type::i32, {2}, small);
  file.write("large", Type::i64, {2, 1}, large);
  file.write("bytes", Type::u8, {2}, bytes);
  file.write("nothing", Type::f32, {0, 3}, nullptr);
  file.set_attribute("/", "count", std::int64_t{-7});
  file.set_attribute("/", "ratio", 0.25);
  file.set_attribute("deep", "text", std::string(200'000, 'x') + "é");
  file.set_attribute("grid", "empty", std::string());
  return file.image();
}

std::string message_of(auto&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(numbers_and_attributes_come_back_from_memory) {
  for (const std::size_t user_block : {0U, 512U}) {
    const std::vector<std::byte> image = sample_image(user_block);
    const File file = File::open_image(image, "a sample");
    std::vector<float> grid(12);
    file.read("grid", Type::f32, grid.data(), 48);
    BOOST_TEST(grid[11] == 11.0F);
    double scalar = 0;
    file.read("/deep/in/scalar", Type::f64, &scalar, 8);
    BOOST_TEST(scalar == 0.1);
    std::int64_t large[2];
    file.read("large", Type::i64, large, 16);
    BOOST_TEST((large[0] == INT64_MIN && large[1] == INT64_MAX));
    BOOST_TEST(std::get<std::int64_t>(file.attribute("/", "count")) == -7);
    BOOST_TEST(std::get<double>(file.attribute("/", "ratio")) == 0.25);
    BOOST_TEST(std::get<std::string>(file.attribute("deep", "text")).size() == 200'002U);
    BOOST_TEST(std::get<std::string>(file.attribute("grid", "empty")).empty());
    BOOST_TEST(file.attributes("/").size() == 2U);
    BOOST_TEST((file.describe("nothing").shape == std::vector<std::int64_t>{0, 3}));
    file.read("nothing", Type::f32, nullptr, 0);
  }
}

BOOST_AUTO_TEST_CASE(texts_stand_in_an_array_of_the_longest) {
  File file = File::create_image("texts");
  file.write_texts("names", {"a", "", "\xc3\xa9t\xc3\xa9"});
  const std::vector<std::byte> image = file.image();
  const std::string bytes(reinterpret_cast<const char*>(image.data()), image.size());
  BOOST_TEST(has(bytes, std::string("a\0\0\0\0" "\0\0\0\0\0" "\xc3\xa9t\xc3\xa9", 15)));
  BOOST_TEST(has(File::open_image(image, "texts").list("/")[0].reason, "text of 5 bytes"));
  BOOST_CHECK_NO_THROW(File::create_image("none").write_texts("names", {}));
}

BOOST_AUTO_TEST_CASE(children_come_in_name_order_with_types_and_shapes) {
  const File file = File::open_image(sample_image(0), "a sample");
  const auto children = file.list("/");
  BOOST_REQUIRE(children.size() == 6U);
  BOOST_TEST(children[0].name == "bytes");
  BOOST_TEST((children[0].type == Type::u8));
  BOOST_TEST((children[1].kind == h5::Kind::group));
  BOOST_TEST((children[2].shape == std::vector<std::int64_t>{4, 3}));
  BOOST_TEST(file.list("deep/in")[0].shape.empty());
  BOOST_TEST(file.has("deep/in"));
  BOOST_TEST(!file.has("deep/out"));
  BOOST_TEST(!file.has("grid/inside"));
}

BOOST_AUTO_TEST_CASE(equal_calls_give_equal_bytes) { BOOST_TEST((sample_image(512) == sample_image(512))); }

BOOST_AUTO_TEST_CASE(rows_are_read_by_range_and_by_list) {
  const File file = File::open_image(sample_image(0), "a sample");
  float two[6];
  file.read_rows("grid", Type::f32, 1, 2, two, sizeof two);
  BOOST_TEST((two[0] == 3.0F && two[5] == 8.0F));
  const std::int64_t rows[] = {3, 0, 1, 3};
  float four[12];
  file.read_rows("grid", Type::f32, rows, four, sizeof four);
  const float wanted[] = {9, 10, 11, 0, 1, 2, 3, 4, 5, 9, 10, 11};
  BOOST_TEST(std::memcmp(four, wanted, sizeof four) == 0);
  file.read_rows("grid", Type::f32, 4, 0, nullptr, 0);
  double as_double[3];
  file.read_rows("grid", Type::f64, 2, 1, as_double, sizeof as_double);
  BOOST_TEST(as_double[2] == 8.0);
}

BOOST_AUTO_TEST_CASE(wrong_rows_rooms_and_names_are_refused_with_a_reason) {
  File file = File::open_image(sample_image(0), "a sample");
  float room[12];
  const std::int64_t beyond[] = {0, 4};
  BOOST_TEST(has(message_of([&] { file.read_rows("grid", Type::f32, 3, 2, room, 24); }), "has 4 rows: wanted rows 3 to 4"));
  BOOST_TEST(has(message_of([&] { file.read_rows("grid", Type::f32, beyond, room, 24); }), "wanted rows 0 to 4"));
  BOOST_TEST(has(message_of([&] { file.read_rows("grid", Type::f32, INT64_MAX, 2, room, 24); }), "rows"));
  BOOST_TEST(has(message_of([&] { file.read_rows("deep/in/scalar", Type::f64, 0, 1, room, 8); }), "scalar"));
  BOOST_TEST(has(message_of([&] { file.read("grid", Type::f32, room, 44); }), "wanted room for 48 bytes, found 44"));
  BOOST_TEST(has(message_of([&] { file.describe("gird"); }), "no such object"));
  BOOST_TEST(has(message_of([&] { file.describe("deep"); }), "found a group"));
  BOOST_TEST(has(message_of([&] { file.describe("../grid"); }), "'..' part"));
  BOOST_TEST(has(message_of([&] { file.list("grid"); }), "wanted a group"));
  BOOST_TEST(has(message_of([&] { file.attribute("/", "nothing"); }), "HDF5 says"));
  BOOST_TEST(has(message_of([&] { file.write("new", Type::f32, {1}, room); }), "being built"));
  BOOST_TEST(has(message_of([&] { File::open("no/such/file.h5"); }), "no such file"));
  BOOST_TEST(has(message_of([&] { File::open("."); }), "not a regular file"));
  BOOST_TEST(has(message_of([&] { File::open_image({}, "nothing"); }), "nothing"));
}

BOOST_AUTO_TEST_CASE(a_name_cannot_be_a_data_set_and_a_group) {
  File file = File::create_image("a clash");
  const float one = 1;
  file.write("a", Type::f32, {}, &one);
  BOOST_TEST(message_of([&] { file.write("a/b", Type::f32, {}, &one); }) != "no error");
  BOOST_TEST(message_of([&] { file.write("a", Type::f32, {}, &one); }) != "no error");
  BOOST_TEST(message_of([&] { file.write("huge", Type::f32, {INT64_MAX, 8}, &one); }) != "no error");
  BOOST_TEST(message_of([&] { file.set_attribute("/", "zero", std::string("a\0b", 3)); }) != "no error");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_lent_are_not_copied_and_give_the_bytes_of_those_that_are) {
  std::vector<float> large(100'003), small(7, 2.0F);
  std::iota(large.begin(), large.end(), 0.0F);
  const auto made = [&](auto write) {
    File file = File::create_image("a loan", 512);
    for (const std::string name : {"a", "b/c", "b/d"}) {
      (file.*write)(name + "/large", Type::f32, {static_cast<std::int64_t>(large.size())}, large.data());
      (file.*write)(name + "/small", Type::f32, {7}, small.data());
      (file.*write)(name + "/nothing", Type::f32, {0}, large.data());
      file.set_attribute(name + "/large", "order", std::int64_t{1});
    }
    return file;
  };
  const std::vector<std::byte> copied = made(&File::write).image();
  const File lent = made(&File::write_lent);
  BOOST_TEST((lent.image() == copied));
  const h5::Pieces pieces = lent.pieces();
  std::size_t found = 0, bytes = 0, owned = 0;
  for (const auto& piece : pieces.all) {
    if (piece.data() == reinterpret_cast<const std::byte*>(large.data())) {
      ++found;
      BOOST_TEST(piece.size() == large.size() * sizeof(float));
    }
    bytes += piece.size();
  }
  for (const auto& own : pieces.own) owned += own.size();
  BOOST_TEST(found == 3U);
  BOOST_TEST(bytes == copied.size());
  BOOST_TEST(owned < 20'000U);
  // What is read back while the file is built comes from where it was lent.
  std::vector<float> back(large.size());
  lent.read("b/c/large", Type::f32, back.data(), back.size() * sizeof(float));
  BOOST_TEST((back == large));
  File opened = File::open_image(copied, "a copy");
  BOOST_TEST(has(message_of([&] { opened.write_lent("new", Type::f32, {7}, small.data()); }), "being built"));
}
