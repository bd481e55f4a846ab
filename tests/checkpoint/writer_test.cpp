// SPDX-License-Identifier: Apache-2.0
// A generation that is written aside is the one that write() writes, and what goes wrong meanwhile is told.
#include "kills.hpp"
#include "sample.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <teranga/checkpoint/writer.hpp>
#include <teranga/core/log.hpp>
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

BOOST_AUTO_TEST_CASE(a_failure_for_want_of_memory_is_told_apart_from_others_whatever_the_folder_is_called) {
  const Folder folder;
  const std::string not_a_folder = folder.file("memory");
  put(not_a_folder, "");
  Writer elsewhere(not_a_folder, 2);
  begin(elsewhere, snapshot(1));
  const auto refused = elsewhere.wait();
  BOOST_REQUIRE((refused && refused->failure));
  BOOST_TEST(has(refused->failure->what(), "memory"));
  BOOST_TEST(!refused->no_memory);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which map terabytes of addresses
  Writer writer(folder.file("runs"), 2);
  begin(writer, snapshot(1));
  BOOST_TEST(!writer.wait()->failure);
  rlimit before{};
  ::getrlimit(RLIMIT_AS, &before);
  const rlimit scarce{16 << 20, before.rlim_max};  // less than the process has
  writer.snapshot() = snapshot(2);
  ::setrlimit(RLIMIT_AS, &scarce);
  writer.begin();
  const auto outcome = writer.wait();
  ::setrlimit(RLIMIT_AS, &before);
  BOOST_REQUIRE((outcome && outcome->failure));
  BOOST_TEST(outcome->no_memory);
#endif
}

// A stack that no address space holds.
BOOST_AUTO_TEST_CASE(without_a_thread_it_is_written_by_the_caller) {
  const Folder folder, logged;
  log::open_file(logged.file("log.txt"));
  Writer writer(folder.path, 9);
  pthread_attr_t before, beyond;
  ::pthread_getattr_default_np(&before);
  ::pthread_attr_init(&beyond);
  ::pthread_attr_setstacksize(&beyond, std::size_t{1} << 46);
  ::pthread_setattr_default_np(&beyond);
  for (const std::int64_t step : {1, 2}) {
    writer.snapshot() = large(step);
    BOOST_CHECK_NO_THROW(writer.begin());
    const auto outcome = writer.outcome();  // there is nothing to wait for
    BOOST_REQUIRE(outcome.has_value());
    BOOST_TEST(outcome->step == step);
    BOOST_TEST(!outcome->failure);
    BOOST_TEST(!writer.wait());
  }
  ::pthread_setattr_default_np(&before);
  log::close_file();
  const std::string said = bytes_of(logged.file("log.txt"));
  BOOST_TEST(has(said, "the checkpoint of step 1: the system gives no thread"));
  BOOST_TEST(!has(said, "step 2"));
  begin(writer, large(3));
  BOOST_TEST(!writer.wait()->failure);
  BOOST_TEST(checkpoint::list(folder.path).size() == 3U);
  for (const auto& entry : checkpoint::list(folder.path)) BOOST_TEST(entry.intact);
}

BOOST_AUTO_TEST_CASE(what_is_lent_is_written_with_the_bytes_of_what_is_owned) {
  const Folder one, other;
  const Snapshot all = large(3);
  Snapshot rest = all;
  checkpoint::LentTensors lent;
  const auto lend = [](const std::vector<NamedTensor>& from, std::vector<TensorView>& to, std::vector<NamedTensor>& own) {
    for (const NamedTensor& tensor : from) to.push_back(view_of(tensor));
    own.clear();
  };
  lend(all.parameters, lent.parameters, rest.parameters);
  lend(all.slots, lent.slots, rest.slots);
  lend(all.states, lent.states, rest.states);
  lend(all.run, lent.run, rest.run);
  lend(all.phases, lent.phases, rest.phases);
  BOOST_TEST(lent.bytes() > (4U << 20));
  Writer writer(one.path, 2);
  writer.snapshot() = std::move(rest);
  writer.write(lent);
  const auto outcome = writer.outcome();
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST((outcome->step == 3 && !outcome->failure));
  BOOST_TEST((bytes_of(one.file("step-000000000003.h5")) == bytes_of(checkpoint::write(other.path, all, 2))));
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
