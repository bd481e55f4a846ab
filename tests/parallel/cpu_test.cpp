// SPDX-License-Identifier: Apache-2.0
// The core report: affinity is honoured, and the limits of control groups are read from folders laid out as the kernel's.
#include <boost/test/unit_test.hpp>

#include <teranga/parallel/cpu.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <sched.h>
#include <unistd.h>

#include "control_group.hpp"

namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path root = fs::temp_directory_path() / ("teranga-cpu-test-" + std::to_string(getpid()));
  Folder() { fs::create_directories(root); }
  ~Folder() { fs::remove_all(root); }
  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name) << text;
    return root / name;
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_report_is_consistent) {
  const teranga::CpuReport report = teranga::cpu_report();
  BOOST_TEST(report.usable >= 1);
  BOOST_TEST(report.usable <= report.bound);
  BOOST_TEST(report.bound <= report.online);
}

BOOST_AUTO_TEST_CASE(a_thread_bound_to_one_core_may_use_one) {
  teranga::CpuReport report;
  std::thread([&] {
    cpu_set_t all;
    sched_getaffinity(0, sizeof all, &all);
    int core = 0;
    while (!CPU_ISSET(core, &all)) ++core;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    sched_setaffinity(0, sizeof one, &one);
    report = teranga::cpu_report();
  }).join();
  BOOST_TEST(report.usable == 1);
  BOOST_TEST(report.bound == 1);
  BOOST_TEST(report.cores.size() == 1U);
}

BOOST_AUTO_TEST_CASE(every_core_stands_once_in_their_order) {
  std::vector<int> order = teranga::cores_by_distance();
  std::ranges::sort(order);
  BOOST_TEST((std::ranges::adjacent_find(order) == order.end()));
  for (const int core : teranga::cpu_report().cores) BOOST_TEST(std::ranges::binary_search(order, core), "core " << core);
}

BOOST_AUTO_TEST_CASE(a_thread_and_those_that_it_starts_run_where_they_are_told_to) {
  const int last = teranga::cpu_report().cores.back();
  std::vector<int> here, started;
  bool done = false, impossible = true;
  std::thread([&] {
    done = teranga::run_on({last});
    here = teranga::cpu_report().cores;
    std::thread([&] { started = teranga::cpu_report().cores; }).join();
    impossible = teranga::run_on({100000}) || teranga::run_on({});
  }).join();
  BOOST_TEST(done);
  BOOST_TEST(here == std::vector<int>{last});
  BOOST_TEST(started == std::vector<int>{last});
  BOOST_TEST(!impossible);
}

BOOST_AUTO_TEST_CASE(core_lists_are_counted) {
  BOOST_TEST(teranga::count_core_list("0").value() == 1);
  BOOST_TEST(teranga::count_core_list("0-3,8,10-11").value() == 7);
  for (const char* wrong : {"", "a", "3-1", "0-", "0;1"}) BOOST_TEST(!teranga::count_core_list(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(the_tightest_limit_of_all_ancestors_holds) {
  const Folder folder;
  const std::string membership = folder.write("membership", "0::/batch/job\n");
  folder.write("mount/cpuset.cpus.effective", "0-63");
  folder.write("mount/batch/cpu.max", "150000 100000");
  folder.write("mount/batch/job/cpu.max", "max 100000");
  folder.write("mount/batch/job/cpuset.cpus.effective", "4-7");
  const teranga::ControlGroup group = teranga::read_control_group(membership, folder.root / "mount");
  BOOST_TEST(group.processors.value() == 1.5);
  BOOST_TEST(group.cores.value() == 4);
}

BOOST_AUTO_TEST_CASE(the_older_interface_is_read_too) {
  const Folder folder;
  const std::string membership = folder.write("membership", "5:cpuset:/job\n4:cpu,cpuacct:/job\n1:name=systemd:/x\n");
  folder.write("mount/cpu/job/cpu.cfs_quota_us", "200000");
  folder.write("mount/cpu/job/cpu.cfs_period_us", "100000");
  folder.write("mount/cpu/cpu.cfs_quota_us", "-1");
  folder.write("mount/cpu/cpu.cfs_period_us", "100000");
  folder.write("mount/cpuset/job/cpuset.cpus", "0,2");
  const teranga::ControlGroup group = teranga::read_control_group(membership, folder.root / "mount");
  BOOST_TEST(group.processors.value() == 2.0);
  BOOST_TEST(group.cores.value() == 2);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_limits_nothing) {
  const Folder folder;
  const teranga::ControlGroup group = teranga::read_control_group(folder.root / "none", folder.root / "nothing");
  BOOST_TEST(!group.processors.has_value());
  BOOST_TEST(!group.cores.has_value());
}
