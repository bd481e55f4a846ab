// SPDX-License-Identifier: Apache-2.0
// Of the processes of a job that fail, one speaks.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <teranga/core/sole_report.hpp>

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace teranga;

namespace {

// How many of so many processes, all alive at once, may report.
int speakers(int processes, bool together) {
  void* const page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  BOOST_REQUIRE(page != MAP_FAILED);
  int spoke[2], stay[2];
  BOOST_REQUIRE(::pipe(spoke) == 0 && ::pipe(stay) == 0);
  std::vector<pid_t> all;
  for (int i = 0; i < processes; ++i) {
    all.push_back(::fork());
    if (all.back() != 0) continue;
    ::alarm(30);
    ::close(stay[1]);
    if (together) share_reports(static_cast<std::atomic<std::uint32_t>*>(page));
    const char answer = may_report() && may_report() ? '1' : '0';  // who may speak may speak again
    char none = 0;
    ::_exit(::write(spoke[1], &answer, 1) == 1 && ::read(stay[0], &none, 1) == 0 ? 0 : 1);
  }
  int count = 0;
  for (int i = 0; i < processes; ++i) {
    char answer = 0;
    BOOST_REQUIRE(::read(spoke[0], &answer, 1) == 1);
    count += answer == '1';
  }
  for (const int end : {spoke[0], spoke[1], stay[0], stay[1]}) ::close(end);
  for (const pid_t one : all) {
    int status = 0;
    ::waitpid(one, &status, 0);
    BOOST_TEST(status == 0);
  }
  ::munmap(page, 4096);
  return count;
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_process_of_a_job_may_report) {
  for (int round = 0; round < 5; ++round) BOOST_TEST(speakers(6, true) == 1);
  BOOST_TEST(speakers(3, false) == 3);
}
