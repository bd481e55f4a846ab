// SPDX-License-Identifier: Apache-2.0
// One writer a folder: the living are respected, the dead are not. owner_test.cpp has the owners that cannot be judged from here.
#include <sys/wait.h>
#include <unistd.h>
#include <teranga/checkpoint/run_lock.hpp>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <memory>

#include "sample.hpp"

using namespace sample;
using checkpoint::RunLock;

BOOST_AUTO_TEST_CASE(a_folder_has_one_owner_and_is_free_afterwards) {
  const Folder folder;
  {
    const RunLock lock(folder.path + "/run");
    BOOST_TEST(has(message_of([&] { RunLock(folder.path + "/run"); }), "is writing it"));
    BOOST_CHECK_EXCEPTION(RunLock(folder.path + "/run"), Error, [](const Error& error) { return error.code() == ExitCode::requeue; });
  }
  const RunLock again(folder.path + "/run");
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(folder.path + "/run"), std::filesystem::directory_iterator()) == 1);
}

BOOST_AUTO_TEST_CASE(a_killed_owner_is_replaced) {
  const Folder folder;
  int ready[2];
  BOOST_REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    const RunLock lock(folder.path);
    if (::write(ready[1], "x", 1) == 1) ::pause();
    ::_exit(1);
  }
  char one = 0;
  BOOST_REQUIRE(::read(ready[0], &one, 1) == 1);
  BOOST_TEST(has(message_of([&] { RunLock(folder.path); }), std::to_string(child)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  for (const int end : ready) ::close(end);
  const RunLock lock(folder.path);
  BOOST_TEST(folder.files() == 1U);
}

BOOST_AUTO_TEST_CASE(a_lock_taken_away_by_hand_is_not_released_twice) {
  const Folder folder;
  {
    const RunLock lock(folder.path);
    put(folder.file("owner"), "another");
  }
  BOOST_TEST(bytes_of(folder.file("owner")) == "another");
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_is_an_error) {
  const Folder folder;
  put(folder.file("plain"), "");
  BOOST_CHECK_THROW(RunLock(folder.file("plain") + "/run"), Error);
}
