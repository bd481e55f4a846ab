// SPDX-License-Identifier: Apache-2.0
// A generation that is written aside is the one that write() writes, and what goes wrong meanwhile is told.
#include "kills.hpp"
#include "sample.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <teranga/checkpoint/writer.hpp>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

using namespace sample;
using checkpoint::Writer;

namespace {

void begin(Writer& writer, Snapshot&& of) {
  writer.wait();
  writer.snapshot() = std::move(of);
  writer.begin();
}

Snapshot large(std::int64_t step) {
  Snapshot all = snapshot(step);
  all.parameters.push_back(tensor<float>("large", {1 << 20}, 0.0F));
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_written_aside_has_the_bytes_of_write_and_is_told_once) {
  const Folder one, other;
  Writer writer(one.path, 2);
  BOOST_TEST(!writer.wait());
  for (const std::int64_t step : {3, 4, 5}) {
    begin(writer, large(step));
    const auto outcome = writer.wait();
    BOOST_REQUIRE(outcome.has_value());
    BOOST_TEST(outcome->step == step);
    BOOST_TEST(outcome->seconds > 0);
    BOOST_TEST(!outcome->failure);
    BOOST_TEST(!writer.wait());
    BOOST_TEST(!writer.outcome());
    checkpoint::write(other.path, large(step), 2);
  }
  BOOST_TEST(one.files() == 2U);
  for (const char* name : {"step-000000000004.h5", "step-000000000005.h5"}) BOOST_TEST((bytes_of(one.file(name)) == bytes_of(other.file(name))));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_writer_waits_for_what_it_writes) {
  const Folder folder;
  for (std::int64_t step = 1; step <= 5; ++step) {
    Writer writer(folder.path, 9);
    begin(writer, large(step));
  }
  BOOST_TEST(checkpoint::list(folder.path).size() == 5U);
  for (const auto& entry : checkpoint::list(folder.path)) BOOST_TEST(entry.intact);
}

BOOST_AUTO_TEST_CASE(a_failure_is_an_outcome_and_the_next_generation_is_written) {
  const Folder folder;
  Writer writer(folder.path, 2);
  begin(writer, snapshot(1));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1 << 20, before.rlim_max};
  BOOST_TEST(!writer.wait()->failure);
  ::setrlimit(RLIMIT_FSIZE, &small);
  begin(writer, large(2));
  const auto outcome = writer.wait();
  ::setrlimit(RLIMIT_FSIZE, &before);
  BOOST_REQUIRE((outcome && outcome->failure));
  BOOST_TEST(outcome->step == 2);
  BOOST_TEST(has(outcome->failure->what(), "File too large"));
  BOOST_TEST(folder.files() == 1U);
  begin(writer, large(3));
  BOOST_TEST(!writer.wait()->failure);
  BOOST_TEST(checkpoint::newest_intact(folder.path)->step == 3);
}

BOOST_AUTO_TEST_CASE(a_generation_that_was_altered_since_it_was_written_does_not_count_as_intact) {
  const Folder folder;
  Writer writer(folder.path, 2);
  for (const std::int64_t step : {1, 2}) begin(writer, snapshot(step));
  BOOST_TEST(!writer.wait()->failure);
  const std::string second = folder.file("step-000000000002.h5");
  std::string bytes = bytes_of(second);
  bytes[bytes.size() / 2] ^= 1;
  put(second, bytes);
  begin(writer, snapshot(3));
  writer.wait();
  BOOST_TEST(folder.files() == 3U);  // the first one is the only proven one beside the new one
  begin(writer, snapshot(4));
  writer.wait();
  BOOST_TEST(folder.files() == 2U);
}

BOOST_AUTO_TEST_CASE(a_process_killed_while_it_writes_aside_leaves_an_intact_generation) {
  const Folder folder;
  checkpoint::write(folder.path, large(1), 2);
  survives_kills(folder, [&] {
    Writer writer(folder.path, 2);
    for (std::int64_t step = 2;; ++step) begin(writer, large(step));
  });
  checkpoint::write(folder.path, large(999), 2);
  BOOST_TEST(folder.files() == 2U);
}
