// SPDX-License-Identifier: Apache-2.0
// A checkpoint that is not exactly what was written is refused, always, and with a reason.
#include "sample.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace sample;

namespace {

struct Written {
  Folder folder;
  std::string path = checkpoint::write(folder.path, snapshot(5), 2);
  std::string bytes = bytes_of(path);
};

}  // namespace

BOOST_AUTO_TEST_CASE(every_single_bit_flip_is_refused) {
  const Written written;
  std::mt19937 random(1);
  std::uniform_int_distribution<std::size_t> bit(0, written.bytes.size() * 8 - 1);
  for (int round = 0; round < 1500; ++round) {
    // The first third falls on the envelope, whose bytes no hash covers directly.
    const std::size_t at = round < 500 ? bit(random) % (512 * 8) : bit(random);
    std::string damaged = written.bytes;
    damaged[at / 8] = static_cast<char>(damaged[at / 8] ^ (1 << (at % 8)));
    put(written.path, damaged);
    BOOST_TEST_REQUIRE(message_of([&] { checkpoint::read(written.path); }) != "no error", "bit " << at);
  }
}

BOOST_AUTO_TEST_CASE(a_file_cut_short_or_grown_is_refused) {
  const Written written;
  for (std::size_t size = 0; size < written.bytes.size(); size += size < 600 ? 7 : 211) {
    put(written.path, written.bytes.substr(0, size));
    BOOST_TEST_REQUIRE(message_of([&] { checkpoint::verify(written.path); }) != "no error", "size " << size);
  }
  put(written.path, written.bytes + "x");
  BOOST_TEST(has(message_of([&] { checkpoint::read(written.path); }), "wanted " + std::to_string(written.bytes.size() - 512) + " bytes"));
}

BOOST_AUTO_TEST_CASE(a_newer_format_and_a_foreign_file_get_their_own_message) {
  const Written written;
  std::string newer = written.bytes;
  newer.replace(newer.find("format 1"), 8, "format 2");
  put(written.path, newer);
  BOOST_TEST(has(message_of([&] { checkpoint::read(written.path); }), "has format 2, newer than this Teranga reads (up to 1)"));
  std::string older = written.bytes;
  older.replace(older.find("format 1"), 8, "format 0");
  put(written.path, older);
  BOOST_TEST(message_of([&] { checkpoint::read(written.path); }) != "no error");
  put(written.path, std::string(4096, 'x'));
  BOOST_TEST(has(message_of([&] { checkpoint::read(written.path); }), "not a Teranga checkpoint"));
  BOOST_TEST(has(message_of([&] { checkpoint::read(written.folder.file("none.h5")); }), "No such file"));
  BOOST_TEST(has(message_of([&] { checkpoint::read(written.folder.path); }), "a folder"));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_an_error_of_the_data) {
  const Written written;
  put(written.path, "");
  BOOST_CHECK_EXCEPTION(checkpoint::read(written.path), Error, [](const Error& error) { return error.code() == ExitCode::data; });
}

BOOST_AUTO_TEST_CASE(counters_that_no_training_has_are_refused) {
  const Folder folder;
  for (const bool of_samples : {false, true})
    for (const std::int64_t value : {std::int64_t{-1}, std::int64_t{1} << 40, INT64_MIN}) {
      Snapshot forged = snapshot(5);
      (of_samples ? forged.sample : forged.epoch) = value;
      const std::string path = checkpoint::write(folder.path, forged, 2);
      BOOST_TEST(has(message_of([&] { checkpoint::read(path); }), of_samples ? "its sample is" : "its epoch is"));
    }
}

BOOST_AUTO_TEST_CASE(a_copy_under_another_name_is_read_unless_the_name_is_another_step) {
  const Written written;
  const std::string best = written.folder.file("best.h5");
  put(best, written.bytes);
  BOOST_TEST(checkpoint::read(best).step == 5);
  put(written.folder.file("step-000000000006.h5"), written.bytes);
  BOOST_TEST(has(message_of([&] { checkpoint::verify(written.folder.file("step-000000000006.h5")); }), "its name says step 6"));
}
