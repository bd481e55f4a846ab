// SPDX-License-Identifier: Apache-2.0
// The end of a Slurm job, from a stand-in of squeue that answers, hangs, fails, or talks nonsense; and asking other programs in general.
#include <boost/test/unit_test.hpp>

#include <teranga/core/temporary_folder.hpp>
#include <teranga/service/job_end.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

using namespace teranga;
using Kind = TimeLeft::Kind;
using Clock = std::chrono::steady_clock;

namespace {

double since(Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); }

// A folder with a squeue of its own, first in PATH, in a job of Slurm's with the number 7.
struct Cluster {
  Cluster() {
    path = std::getenv("PATH");
    setenv("PATH", (folder.path() + ":" + path).c_str(), 1);
    setenv("SLURM_JOB_ID", "7", 1);
  }
  ~Cluster() {
    setenv("PATH", path.c_str(), 1);
    for (const char* name : {"SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_JOB_END_TIME"}) unsetenv(name);
  }
  void squeue(const std::string& script) const {
    const std::string file = folder.path() + "/squeue";
    std::ofstream(file) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }

  TemporaryFolder folder;
  std::string path;
};

// The first answers.
std::vector<TimeLeft> answers(std::size_t count, const JobEnd::Settings& settings) {
  std::mutex mutex;
  std::condition_variable came;
  std::vector<TimeLeft> out;
  const JobEnd end(
      [&](const TimeLeft& left) {
        const std::lock_guard lock(mutex);
        out.push_back(left);
        came.notify_all();
      },
      settings);
  std::unique_lock lock(mutex);
  BOOST_REQUIRE(came.wait_for(lock, std::chrono::seconds(20), [&] { return out.size() >= count; }));
  return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count)};
}

TimeLeft answer() { return answers(1, {100, 5}).front(); }

}  // namespace

BOOST_AUTO_TEST_CASE(what_squeue_prints_is_understood) {
  for (const auto& [text, seconds] : std::vector<std::pair<std::string, double>>{{"1-02:03:04\n", 93784}, {"2:03:04", 7384}, {"3:04 \n", 184}, {"0:00\n", 0}, {"0:01", 1}}) {
    const TimeLeft left = time_left_in(text);
    BOOST_TEST((left.kind == Kind::known), text);
    BOOST_TEST(left.seconds == seconds);
  }
  BOOST_TEST((time_left_in("UNLIMITED\n").kind == Kind::unlimited));
  for (const char* text : {"", "\n", "NOT_SET", "INVALID", "7", "TIME_LEFT", "3:04\n5:06\n", "1:2:3:4", "slurm_load_jobs error: Invalid job id specified"}) {
    BOOST_TEST((time_left_in(text).kind == Kind::unknown), text);
    BOOST_TEST(time_left_in(text).why.find("squeue answered") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(the_job_is_asked_for_by_its_own_number) {
  const Cluster cluster;
  cluster.squeue("[ \"$*\" = '-h -j 7 -o %L' ] && echo 1:00:00");
  const TimeLeft left = answer();
  BOOST_TEST((left.kind == Kind::known), left.why);
  BOOST_TEST(left.seconds == 3600);
  setenv("SLURM_ARRAY_JOB_ID", "6", 1);
  setenv("SLURM_ARRAY_TASK_ID", "3", 1);
  cluster.squeue("[ \"$*\" = '-h -j 6_3 -o %L' ] && echo 2:00");
  BOOST_TEST(answer().seconds == 120);
}

BOOST_AUTO_TEST_CASE(the_question_is_asked_again) {
  const Cluster cluster;
  cluster.squeue("cd \"${0%/*}\"; echo x >>asked; case $(wc -l <asked) in 1) echo 2:00 ;; *) echo 3:00 ;; esac");
  const std::vector<TimeLeft> all = answers(3, {0.05, 5});
  BOOST_TEST(all[0].seconds == 120);
  BOOST_TEST(all[1].seconds == 180);
  BOOST_TEST(all[2].seconds == 180);
}

BOOST_AUTO_TEST_CASE(near_the_end_questions_are_asked_sooner) {
  BOOST_TEST(until_next_question({Kind::known, 7200, {}}, 180) == 180);
  BOOST_TEST(until_next_question({Kind::known, 120, {}}, 180) == 30);
  BOOST_TEST(until_next_question({Kind::known, 3, {}}, 180) == 5);
  BOOST_TEST(until_next_question({Kind::known, 3, {}}, 1) == 1);
  BOOST_TEST(until_next_question({Kind::unlimited, 0, {}}, 180) == 180);
}

BOOST_AUTO_TEST_CASE(a_squeue_that_fails_or_is_missing_is_told) {
  const Cluster cluster;
  cluster.squeue("exit 3");
  BOOST_TEST(answer().why == "squeue ended with exit code 3");
  cluster.squeue("kill -9 $$");
  BOOST_TEST(answer().why == "squeue was ended by signal 9");
  cluster.squeue("echo NOT_SET");
  BOOST_TEST(answer().why == "squeue answered \"NOT_SET\"");
  setenv("PATH", "/nowhere", 1);
  BOOST_TEST(answer().why.find("squeue cannot be started: ") == 0u);
}

BOOST_AUTO_TEST_CASE(a_squeue_that_hangs_is_killed_and_holds_nobody_up) {
  const Cluster cluster;
  cluster.squeue("sleep 60 & wait");
  const auto began = Clock::now();
  BOOST_TEST(answers(1, {100, 0.3}).front().why == "squeue gave no answer within 0.3 s");
  {
    const JobEnd end([](const TimeLeft&) {}, {100, 60});  // while the question is open
  }
  BOOST_TEST(since(began) < 15);
}

BOOST_AUTO_TEST_CASE(the_environment_knows_the_end_where_squeue_does_not) {
  const Cluster cluster;
  cluster.squeue("exit 1");
  setenv("SLURM_JOB_END_TIME", std::to_string(std::time(nullptr) + 500).c_str(), 1);
  const TimeLeft left = answer();
  BOOST_TEST((left.kind == Kind::known));
  BOOST_TEST((left.seconds > 480 && left.seconds <= 500));
  setenv("SLURM_JOB_END_TIME", "4294967294", 1);
  BOOST_TEST((answer().kind == Kind::unlimited));
  setenv("SLURM_JOB_END_TIME", "tomorrow", 1);
  BOOST_TEST((answer().kind == Kind::unknown));
}
