// SPDX-License-Identifier: Apache-2.0
// The data sets `npy` and `npz`, against files that NumPy wrote (golden/make_arrays.py), and what they say about files that are wrong.
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

#include <sys/resource.h>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;
using Words = std::vector<std::string>;
using Floats = std::vector<float>;
using Labels = std::vector<std::int32_t>;

std::string golden(const std::string& name) { return std::string(TERANGA_SOURCE_FOLDER) + "/tests/datasets/golden/" + name; }

std::string bytes_of(const std::string& name) {
  std::ifstream file(golden(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Npy : Dataset {
  explicit Npy(const GivenOptions& options) : Dataset("datasets_npy", "teranga.npy", options) {}
};
struct Npz : Dataset {
  explicit Npz(const GivenOptions& options) : Dataset("datasets_npy", "teranga.npz", options) {}
};

// x of golden/make_arrays.py: 4 samples of 3 x 2.
Floats x(double shift = -5) {
  Floats values;
  for (int i = 0; i < 24; ++i) values.push_back(static_cast<float>(i + shift));
  return values;
}

Floats read(const std::string& path) { return Npy({{"train", Words{path}}}).fill<float>(TRG_TRAIN, {0, 1, 2, 3}, 0); }

Refused refused_npy(const std::string& path) {
  const Refused e = refused([&] { Npy({{"train", Words{path}}}); });
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(e.where.starts_with(path));
  return e;
}

bool says(const Refused& e, const std::string& text) { return std::string(e.what()).find(text) != std::string::npos; }

#define SAME(found, ...) BOOST_TEST(found == (__VA_ARGS__), boost::test_tools::per_element())

// A version 1 file with that dictionary.
std::string npy(const std::string& header, const std::string& elements) {
  std::string bytes = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return bytes + header + elements;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_element_type_byte_order_and_index_order_is_read) {
  for (const char* name : {"x_le_f2", "x_le_f4", "x_le_f8", "x_be_f4", "x_be_f8", "x_le_i2", "x_le_i4", "x_le_i8", "x_be_i2", "x_be_i8", "x_i1", "x_fortran", "version2"})
    BOOST_TEST_CONTEXT(name) SAME(read(golden(std::string(name) + ".npy")), x());
  for (const char* name : {"x_u1", "x_le_u2", "x_le_u4", "x_le_u8"})
    BOOST_TEST_CONTEXT(name) SAME(read(golden(std::string(name) + ".npy")), x(0));
  const Floats truth = read(golden("x_bool.npy"));
  for (std::size_t i = 0; i < 24; ++i) BOOST_TEST(truth[i] == (i > 8 ? 1.f : 0.f));
  const Floats half = Npy({{"train", Words{golden("half_specials.npy")}}}).fill<float>(TRG_TRAIN, {0}, 0);
  SAME(half, Floats{0, 0, 0x1p-24f, 0x1p-14f, 1.5, 65504, -1, 0.333251953125f});
  BOOST_TEST(std::signbit(half[1]));
}

BOOST_AUTO_TEST_CASE(features_targets_scale_and_gzip) {
  Folder folder;
  const std::string packed = folder.write("x.npy.gz", gzip(bytes_of("x_u1.npy")));
  Npy data({{"train", Words{packed, golden("y.npy")}}, {"scale", 2.0}});
  SAME(data.fields()[0].shape, std::vector<std::int64_t>{3, 2});
  BOOST_TEST(data.fields()[1].classes == 3);
  SAME(data.fill<float>(TRG_TRAIN, {1}, 0), Floats{12, 14, 16, 18, 20, 22});
  SAME(data.fill<std::int32_t>(TRG_TRAIN, {3, 1}, 1), Labels{2, 0});
}

BOOST_AUTO_TEST_CASE(a_scale_is_for_bytes_in_whichever_part_they_are_and_needs_some) {
  const Words floats = {golden("x_le_f4.npy")}, bytes = {golden("x_u1.npy")};
  Npy bytes_first({{"train", bytes}, {"test", floats}, {"scale", 2.0}});
  SAME(bytes_first.fill<float>(TRG_TRAIN, {1}, 0), Floats{12, 14, 16, 18, 20, 22});
  SAME(bytes_first.fill<float>(TRG_TEST, {1}, 0), Floats{1, 2, 3, 4, 5, 6});
  Npy floats_first({{"train", floats}, {"test", bytes}, {"scale", 2.0}});
  SAME(floats_first.fill<float>(TRG_TRAIN, {1}, 0), Floats{1, 2, 3, 4, 5, 6});
  SAME(floats_first.fill<float>(TRG_TEST, {1}, 0), Floats{12, 14, 16, 18, 20, 22});
  for (const char* name : {"x_le_f4.npy", "x_le_f8.npy", "x_le_i8.npy", "x_le_u2.npy"}) {
    const Refused e = refused([&] { Npy({{"train", Words{golden(name)}}, {"scale", 0.5}}); });
    BOOST_TEST(e.code == TRG_BAD_OPTION);
    BOOST_TEST(e.where == "scale");
    BOOST_TEST(e.hint.find("rescaling") != std::string::npos);
  }
  BOOST_TEST(refused([&] { Npy({{"train", Words{golden("x_le_i8.npy")}}, {"scale", 0.5}, {"features_are", std::string("ids")}}); }).where == "scale");
}

BOOST_AUTO_TEST_CASE(bytes_in_one_part_alone_are_a_reason_to_warn_where_no_scale_is_given) {
  logged().clear();
  Npy({{"train", Words{golden("x_le_f4.npy")}}, {"test", Words{golden("x_u1.npy")}}});
  BOOST_TEST_REQUIRE(logged().size() == 1u);
  BOOST_TEST(logged()[0].find("x_u1.npy: its features are bytes and those of the training part are none") != std::string::npos);
  logged().clear();
  Npy({{"train", Words{golden("x_le_f4.npy")}}, {"test", Words{golden("x_le_f8.npy")}}});
  BOOST_TEST(logged().empty());
}

BOOST_AUTO_TEST_CASE(real_numbers_are_classes_where_they_are_whole_and_asked_for) {
  Folder folder;
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }";
  const auto labels = [&](const Floats& values) { return folder.write("y.npy", npy(header, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)})); };
  const auto given = [&](const Floats& values) { return GivenOptions{{"train", Words{golden("x_le_f4.npy"), labels(values)}}, {"target_is", std::string("classes")}}; };
  Npy data(given({0, 2, 1, 2}));
  BOOST_TEST(data.fields()[1].classes == 3);
  SAME(data.fill<std::int32_t>(TRG_TRAIN, {3, 0}, 1), Labels{2, 0});
  for (const float wrong : {0.5f, -1.0f, NAN, INFINITY, 1e20f}) {
    const Refused e = refused([&] { Npy(given({0, 1, wrong, 1})); });
    BOOST_TEST(e.record == 2);
    BOOST_TEST(says(e, "expected a class number from 0"));
    BOOST_TEST((e.hint == "a quantity to be predicted is asked for by: target_is = \"numbers\"") == (wrong == 0.5f || wrong < 0));
  }
  const Refused one_hot = refused([&] { Npy({{"train", Words{golden("x_le_f4.npy"), labels({0, 1, 0, 1})}}, {"one_hot", true}}); });
  BOOST_TEST(one_hot.hint.find("target_is = \"classes\"") == 0u);
  // Whole numbers in the training part, the same as real numbers in the test part.
  Npy mixed({{"train", Words{golden("x_le_f4.npy"), golden("y.npy")}}, {"test", Words{golden("x_le_f4.npy"), labels({2, 0, 1, 2})}}});
  SAME(mixed.fill<std::int32_t>(TRG_TEST, {0, 1, 2, 3}, 1), Labels{2, 0, 1, 2});
}

BOOST_AUTO_TEST_CASE(targets_may_be_one_hot_or_quantities_and_features_ids) {
  const Words train = {golden("x_le_i8.npy"), golden("y.npy")};
  Npy one_hot({{"train", train}, {"one_hot", true}, {"classes", std::int64_t{4}}});
  SAME(one_hot.fields()[1].shape, std::vector<std::int64_t>{4});
  SAME(one_hot.fill<float>(TRG_TRAIN, {0, 1}, 1), Floats{0, 0, 1, 0, 1, 0, 0, 0});
  Npy numbers({{"train", train}, {"target_is", std::string("numbers")}});
  BOOST_TEST(numbers.fields()[1].classes == 0);
  SAME(numbers.fill<float>(TRG_TRAIN, {0}, 1), Floats{2});
  Npy ids({{"train", train}, {"features_are", std::string("ids")}});
  BOOST_TEST(ids.fields()[0].type == TRG_I32);
  SAME(ids.fill<std::int32_t>(TRG_TRAIN, {0}, 0), Labels{-5, -4, -3, -2, -1, 0});
  BOOST_TEST(says(refused([&] { Npy({{"train", Words{golden("x_le_f4.npy")}}, {"features_are", std::string("ids")}}); }), "whole numbers as ids"));
  BOOST_TEST(says(refused([&] { Npy({{"train", Words{golden("y.npy"), golden("x_le_f4.npy")}}, {"target_is", std::string("classes")}}); }), "a class number"));
}

BOOST_AUTO_TEST_CASE(a_column_of_class_numbers_stays_one_unless_it_becomes_one_hot) {
  Folder folder;
  const std::string column = folder.write("column.npy", npy("{'descr': '|i1', 'fortran_order': False, 'shape': (4, 1), }", std::string("\2\0\1\2", 4)));
  const Words train = {golden("x_le_f4.npy"), column};
  Npy numbers({{"train", train}});
  SAME(numbers.fields()[1].shape, std::vector<std::int64_t>{1});
  BOOST_TEST(numbers.fields()[1].classes == 3);
  SAME(numbers.fill<std::int32_t>(TRG_TRAIN, {3, 1}, 1), Labels{2, 0});
  Npy one_hot({{"train", train}, {"one_hot", true}});
  SAME(one_hot.fields()[1].shape, std::vector<std::int64_t>{3});
  SAME(one_hot.fill<float>(TRG_TRAIN, {2}, 1), Floats{0, 1, 0});
}

BOOST_AUTO_TEST_CASE(archives_are_read_stored_and_deflated) {
  Npz stored({{"train", golden("stored.npz")}, {"test", golden("stored.npz")}, {"test_arrays", Words{"x_test", "y_test"}}});
  SAME(stored.fill<float>(TRG_TRAIN, {0, 1, 2, 3}, 0), x());
  BOOST_TEST(stored.count(TRG_TEST) == 2);
  SAME(stored.fill<std::int32_t>(TRG_TEST, {0, 1}, 1), Labels{2, 0});
  Npz packed({{"train", golden("packed.npz")}});
  SAME(packed.fill<float>(TRG_TRAIN, {0, 1, 2, 3}, 0), x());
  SAME(packed.fill<std::int32_t>(TRG_TRAIN, {0, 1, 2, 3}, 1), Labels{2, 0, 1, 2});
  BOOST_TEST(Npz({{"train", golden("packed.npz")}, {"train_arrays", Words{"x"}}}).fields().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_packed_array_is_unpacked_once_before_much_memory_is_asked_for) {
  const Folder folder;
  std::mt19937 random(1);
  std::string noise(1'000'000, ' ');
  for (char& c : noise) c = static_cast<char>(random());
  const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 900), }\n";
  BOOST_TEST(says(refused_npy(folder.write("x.npy", gzip(npy(header, noise)))), "ends inside the elements of shape (1000000, 900): expected 900000000 bytes, found 10000"));
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  BOOST_TEST(used.ru_maxrss < 300'000);  // KiB
}

// KiB of the process that no file stands for.
long anonymous_memory() {
  std::ifstream totals("/proc/self/smaps_rollup");
  for (std::string word; totals >> word;)
    if (long size = 0; word == "Anonymous:" && totals >> size) return size;
  throw std::runtime_error("/proc/self/smaps_rollup does not tell anonymous memory");
}

BOOST_AUTO_TEST_CASE(a_plain_file_is_mapped_and_takes_no_memory_of_its_own) {
  const Folder folder;
  constexpr std::int64_t samples = 64, row = 262144;  // 64 MiB
  std::string elements(static_cast<std::size_t>(samples * row) * sizeof(float), '\0');
  for (std::int64_t s = 0; s < samples; ++s) {
    const auto value = static_cast<float>(s);
    std::memcpy(elements.data() + static_cast<std::size_t>(s * row) * sizeof(float), &value, sizeof(value));
  }
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (64, 262144), }";
  header.resize(118, ' ');
  const std::string path = folder.write("x.npy", npy(header, elements));
  const long before = anonymous_memory();
  Npy data({{"train", Words{path}}});
  for (std::int64_t s = 0; s < samples; ++s) BOOST_TEST(data.fill<float>(TRG_TRAIN, {s}, 0)[0] == static_cast<float>(s));
  BOOST_TEST(anonymous_memory() - before < 16 * 1024);
}

BOOST_AUTO_TEST_CASE(a_mapped_file_that_changes_is_refused_at_the_next_batch) {
  const Folder folder;
  const std::string whole = bytes_of("x_le_f4.npy");
  const auto changed = [&](const std::string& name, auto&& change) {
    const std::string path = folder.write(name, whole);
    Npy data({{"train", Words{path}}});
    data.fill<float>(TRG_TRAIN, {0}, 0);
    change(path);
    return refused([&] { data.fill<float>(TRG_TRAIN, {0}, 0); });
  };
  const Refused shorter = changed("shorter.npy", [&](const std::string& path) { std::filesystem::resize_file(path, whole.size() - 8); });
  BOOST_TEST(shorter.code == TRG_BAD_DATA);
  BOOST_TEST(says(shorter, "expected 224 bytes as when it was opened, found 216"));
  const Refused written = changed("written.npy", [](const std::string& path) { std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) + std::chrono::seconds(1)); });
  BOOST_TEST(says(written, "it was written to while it was read"));
  // Another file of the same name leaves the one that is read as it is.
  const std::string path = folder.write("x.npy", whole);
  Npy data({{"train", Words{path}}});
  std::filesystem::rename(folder.write("new.npy", bytes_of("x_u1.npy")), path);
  SAME(data.fill<float>(TRG_TRAIN, {0, 1, 2, 3}, 0), x());
}

BOOST_AUTO_TEST_CASE(elements_at_an_odd_place_are_read_and_not_mapped) {
  const Folder folder;
  for (std::size_t length = 57; length < 65; ++length) {
    std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
    header.resize(length, ' ');
    const double values[] = {1.5, -2};
    SAME(Npy({{"train", Words{folder.write("x.npy", npy(header, {reinterpret_cast<const char*>(values), sizeof(values)}))}}}).fill<float>(TRG_TRAIN, {0, 1}, 0), Floats{1.5f, -2});
  }
}

BOOST_AUTO_TEST_CASE(an_array_that_is_not_in_the_archive_is_answered_with_those_that_are) {
  const Refused e = refused([] { Npz({{"train", golden("stored.npz")}, {"train_arrays", Words{"images", "labels"}}}); });
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(says(e, "expected an array \"labels\", found x, y, x_test, y_test"));
  BOOST_TEST(e.hint.find("train_arrays = ") == 0u);
  const Refused test = refused([] { Npz({{"train", golden("stored.npz")}, {"test", golden("stored.npz")}, {"test_arrays", Words{"x_test", "labels"}}}); });
  BOOST_TEST(test.hint.find("test_arrays = ") == 0u);
  Folder folder;
  const std::string one = folder.write("one.npz", zip({{"images.npy", bytes_of("x_le_f4.npy")}}));
  BOOST_TEST(refused([&] { Npz({{"train", one}}); }).hint == "train_arrays = [\"images\"], which has no targets");
  BOOST_TEST(Npz({{"train", one}, {"train_arrays", Words{"images"}}}).count(TRG_TRAIN) == 4);
  BOOST_TEST(refused([] { Npz({{"train", golden("stored.npz")}, {"test_arrays", Words{"x"}}}); }).where == "test_arrays");
}

BOOST_AUTO_TEST_CASE(an_array_may_be_named_with_its_suffix_and_the_exact_member_comes_first) {
  Folder folder;
  const auto floats = bytes_of("x_le_f4.npy"), bytes = bytes_of("x_u1.npy");
  const std::string both = folder.write("both.npz", zip({{"x.npy.npy", bytes}, {"x.npy", floats}}));
  const auto first = [&](const std::string& path, const std::string& name) { return Npz({{"train", path}, {"train_arrays", Words{name}}}).fill<float>(TRG_TRAIN, {0}, 0)[0]; };
  BOOST_TEST(first(both, "x") == -5.f);
  BOOST_TEST(first(both, "x.npy") == -5.f);
  BOOST_TEST(first(both, "x.npy.npy") == 0.f);
  BOOST_TEST(first(folder.write("one.npz", zip({{"x.npy.npy", bytes}})), "x.npy") == 0.f);
  const Refused twice = refused([&] { Npz({{"train", folder.write("twice.npz", zip({{"x.npy", floats}, {"y.npy", bytes}, {"x.npy", bytes}}))}}); });
  BOOST_TEST(twice.code == TRG_BAD_DATA);
  BOOST_TEST(says(twice, "holds two arrays of the name \"x\""));
}

BOOST_AUTO_TEST_CASE(what_is_not_plain_numbers_is_refused_and_pickles_are_never_read) {
  BOOST_TEST(says(refused_npy(golden("objects.npy")), "never read"));
  const Refused words = refused_npy(golden("words.npy"));
  BOOST_TEST(says(words, "found text (type '<U1')"));
  BOOST_TEST(words.hint.find("np.unique(a, return_inverse=True)") != std::string::npos);
  BOOST_TEST(says(refused_npy(golden("complex.npy")), "complex numbers (type '<c16')"));
  Folder folder;
  for (const auto& [descr, found] : {std::pair{"|S3", "text"}, {"<M8[ns]", "times"}, {"<m8[s]", "times"}, {"|V8", "raw bytes"}, {"<f16", "elements of type '<f16'"}})
    BOOST_TEST(says(refused_npy(folder.write("other.npy", npy("{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': (1,), }", std::string(16, '\0')))), found));
  BOOST_TEST(says(refused_npy(golden("records.npy")), "records of several fields"));
  BOOST_TEST(says(refused([] { Npz({{"train", golden("packed.npz")}, {"train_arrays", Words{"objects"}}}); }), "never read"));
}

BOOST_AUTO_TEST_CASE(faults_of_npy_files_are_told_apart) {
  Folder folder;
  const std::string whole = bytes_of("x_le_f4.npy"), good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
  BOOST_TEST(says(refused_npy(folder.write("short.npy", whole.substr(0, whole.size() - 1))), "ends inside the elements of shape (4, 3, 2): expected 96 bytes, found 95"));
  BOOST_TEST(says(refused_npy(folder.write("long.npy", whole + "x")), "expected the end"));
  BOOST_TEST(says(refused_npy(folder.write("other.npy", "PK\x03\x04 and more")), "begins with the bytes 93 'NUMPY'"));
  BOOST_TEST(says(refused_npy(folder.write("version.npy", {"\x93NUMPY\x04\x00\x10\x00", 10})), "found 4.0"));
  BOOST_TEST(says(refused_npy(folder.write("claims.npy", {"\x93NUMPY\x02\x00\xff\xff\xff\x7f", 12})), "claims 2147483647 bytes"));
  BOOST_TEST(says(refused_npy(folder.write("empty.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }", ""))), "found none"));
  for (const char* header : {"", "{", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (x,)}",
                             "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}", "{'a': '<f4', 'fortran_order': False, 'shape': (1,)}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"})
    BOOST_TEST(says(refused_npy(folder.write("header.npy", npy(header, "abcd"))), "expected the header"));
  BOOST_TEST(Npy({{"train", Words{folder.write("good.npy", npy(good, "abcd"))}}}).count(TRG_TRAIN) == 1);
  for (const char* shape : {"(4611686018427387904, 4)", "(1000000000,)", "(9223372036854775807, 9223372036854775807)"})
    BOOST_TEST(says(refused_npy(folder.write("huge.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': " + std::string(shape) + ", }", "abcd"))), "promises more data"));
}

BOOST_AUTO_TEST_CASE(a_damaged_archive_is_refused_wherever_the_damage_is) {
  Folder folder;
  std::mt19937 random(3);
  for (const char* name : {"stored.npz", "packed.npz"}) {
    const std::string whole = bytes_of(name);
    const auto attempt = [&](const std::string& bytes) {
      try {
        Npz data({{"train", folder.write("a.npz", bytes)}});
        data.fill<float>(TRG_TRAIN, {0}, 0);
        return true;
      } catch (const Refused& e) {
        BOOST_TEST(e.code == TRG_BAD_DATA);
        return false;
      }
    };
    BOOST_TEST(attempt(whole));
    for (std::size_t cut = 0; cut < whole.size(); cut += 37) BOOST_TEST(!attempt(whole.substr(0, cut)));
    for (int round = 0; round < 300; ++round) {
      std::string bytes = whole;
      for (auto flips = 1 + random() % 3; flips > 0; --flips) bytes[random() % bytes.size()] = static_cast<char>(random());
      attempt(bytes);
    }
    std::string element = whole;  // a flip in the data itself, which only the checksum sees
    if (std::string(name) == "stored.npz") {
      const std::size_t at = whole.find(std::string("\x00\x00\xa0\xc0", 4));  // -5, the first element
      BOOST_REQUIRE(at != std::string::npos);
      element[at] = 1;
      BOOST_TEST(says(refused([&] { Npz({{"train", folder.write("flip.npz", element)}}); }), "checksum"));
    }
  }
}

BOOST_AUTO_TEST_CASE(random_damage_to_an_npy_file_never_crashes) {
  Folder folder;
  std::mt19937 random(4);
  for (const char* name : {"x_le_f4.npy", "x_fortran.npy", "x_le_f2.npy", "version2.npy"})
    for (int round = 0; round < 150; ++round) {
      std::string bytes = bytes_of(name);
      bytes.resize(random() % (bytes.size() + 1));
      for (auto flips = random() % 3; flips > 0 && !bytes.empty(); --flips) bytes[random() % bytes.size()] = static_cast<char>(random());
      try {
        Npy data({{"train", Words{folder.write("a.npy", bytes)}}});
        data.fill<float>(TRG_TRAIN, {0}, 0);
      } catch (const Refused& e) {
        BOOST_TEST(e.code == TRG_BAD_DATA);
      }
    }
}
