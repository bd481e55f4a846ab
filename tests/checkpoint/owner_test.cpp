// SPDX-License-Identifier: Apache-2.0
// Owners of a run folder on other hosts and in jobs of Slurm, files that are no owner's, and processes that want one folder at the same time.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <teranga/checkpoint/run_lock.hpp>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <future>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "process_identity.hpp"
#include "sample.hpp"

using namespace sample;
using checkpoint::OwnerWait;
using checkpoint::ProcessIdentity;
using checkpoint::RunLock;

namespace {

using Seconds = std::chrono::duration<double>;

// A wait that ends at once, and one that gives an owner up after two seconds of silence, of which half a second is watched.
const OwnerWait no_patience{0, [] { return true; }, 120, 15};
const OwnerWait two_seconds{0, {}, 2, 0.5};

ProcessIdentity elsewhere() {
  ProcessIdentity other = checkpoint::this_process();
  other.host = "elsewhere";
  other.boot = "boot";
  return other;
}

void own(const Folder& folder, const ProcessIdentity& who, double seconds_ago = 0) {
  put(folder.file("owner"), checkpoint::to_line(who) + "\n");
  std::filesystem::last_write_time(folder.file("owner"), std::filesystem::file_time_type::clock::now() - std::chrono::duration_cast<std::filesystem::file_time_type::duration>(Seconds(seconds_ago)));
}

double seconds_to_take(const Folder& folder, const OwnerWait& wait = two_seconds) {
  const auto began = std::chrono::steady_clock::now();
  const RunLock lock(folder.path, wait);
  return Seconds(std::chrono::steady_clock::now() - began).count();
}

// Variables of the environment, as they were before afterwards.
class Variables {
 public:
  explicit Variables(const std::map<std::string, std::string>& values) {
    for (const auto& [name, value] : values) {
      const char* const before = std::getenv(name.c_str());
      before_.emplace_back(name, before ? std::optional<std::string>(before) : std::nullopt);
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }
  ~Variables() {
    for (const auto& [name, value] : before_) value ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str());
  }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;

 private:
  std::vector<std::pair<std::string, std::optional<std::string>>> before_;
};

// A folder for PATH with a program "squeue" that does this, and "scontrol" that tells the name of the cluster.
std::string path_with(const Folder& folder, const std::string& squeue) {
  put(folder.file("squeue"), "#!/bin/sh\n" + squeue + "\n");
  put(folder.file("scontrol"), "#!/bin/sh\necho 'ClusterName             = blue'\n");
  for (const char* name : {"squeue", "scontrol"}) ::chmod(folder.file(name).c_str(), 0755);
  const char* const path = std::getenv("PATH");
  return folder.path + ":" + (path ? path : "/bin:/usr/bin");
}

ProcessIdentity in_job(const std::string& id) {
  ProcessIdentity other = elsewhere();
  other.job = {"slurm", id, "blue", 0};
  return other;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_identity_comes_back_from_its_line) {
  ProcessIdentity one = in_job("77");
  one.user = "ada love%lace";
  one.job.restarts = 3;
  const auto back = checkpoint::from_line(checkpoint::to_line(one) + "\n");
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(checkpoint::to_line(*back) == checkpoint::to_line(one));
  BOOST_TEST(back->user == one.user);
  BOOST_TEST(spoken(*back) == "process " + std::to_string(::getpid()) + " of user ada love%lace on host elsewhere (Slurm job 77)");
  const auto old = checkpoint::from_line("node1 boot pid:[4026531836] 4711 100\n");  // of a version that wrote no more
  BOOST_REQUIRE(old.has_value());
  BOOST_TEST(spoken(*old) == "process 4711 on host node1");
  for (const char* none : {"", "a", "a b c d e", "a b c 0 5", "a b c -5 5", "\n\n"}) BOOST_TEST(!checkpoint::from_line(none).has_value());
}

BOOST_AUTO_TEST_CASE(jobs_of_four_batch_systems_are_named) {
  const std::map<std::string, std::string> none = {{"SLURM_JOB_ID", ""}, {"PBS_JOBID", ""}, {"LSB_JOBID", ""}, {"LSB_JOBINDEX", "0"}, {"FLUX_JOB_ID", ""}};
  const Variables no_job(none);
  BOOST_TEST(spoken(checkpoint::own_job()).empty());
  const auto named = [](const std::map<std::string, std::string>& values) {
    const Variables variables(values);
    return spoken(checkpoint::own_job());
  };
  BOOST_TEST(named({{"SLURM_JOB_ID", "7"}}) == "Slurm job 7");
  BOOST_TEST(named({{"PBS_JOBID", "12[3].server"}}) == "PBS job 12[3].server");
  BOOST_TEST(named({{"LSB_JOBID", "8"}}) == "LSF job 8");
  BOOST_TEST(named({{"LSB_JOBID", "8"}, {"LSB_JOBINDEX", "2"}}) == "LSF job 8[2]");
  BOOST_TEST(named({{"FLUX_JOB_ID", "f3Xs"}}) == "Flux job f3Xs");
}

BOOST_AUTO_TEST_CASE(an_owner_that_cannot_be_judged_is_waited_for_and_left_as_it_is) {
  ProcessIdentity container = checkpoint::this_process(), namesake = checkpoint::this_process(), old = checkpoint::this_process();
  container.name_space = "pid:[1]";
  namesake.boot = "other";  // another machine with the name of this one
  namesake.machine = "another";
  for (const std::string& content : {checkpoint::to_line(elsewhere()) + "\n", checkpoint::to_line(container) + "\n", checkpoint::to_line(namesake) + "\n", std::string(), std::string("rubbish"), std::string(100000, '\0')}) {
    const Folder folder;
    put(folder.file("owner"), content);
    BOOST_TEST(has(message_of([&] { RunLock(folder.path, no_patience); }), "was asked to stop while it waited for"));
    BOOST_CHECK_EXCEPTION(RunLock(folder.path, no_patience), Error, [](const Error& error) { return error.code() == ExitCode::requeue; });
    BOOST_TEST(bytes_of(folder.file("owner")) == content);
    BOOST_TEST(folder.files() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(an_owner_that_is_dead_for_certain_is_replaced_at_once) {
  ProcessIdentity rebooted = checkpoint::this_process(), reused = checkpoint::this_process(), renamed = checkpoint::this_process();
  rebooted.boot = "an-earlier-one";
  reused.started = "1";  // the number is another process's now
  renamed.host = "former-name-of-this-host";
  renamed.started = "1";
  for (const ProcessIdentity& dead : {rebooted, reused, renamed}) {
    const Folder folder;
    own(folder, dead);
    BOOST_TEST(seconds_to_take(folder, OwnerWait{}) < 5);
    BOOST_TEST(folder.files() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(an_owner_elsewhere_is_replaced_after_its_silence_and_never_before) {
  // By the clock of the file system: 0, 60 and 119 s ago; long ago; in the future, as a wrong clock writes it. And files without a name of an owner.
  const auto taken_after = [](double seconds_ago, bool named) {
    return std::async(std::launch::async, [=] {
      const Folder folder;
      own(folder, elsewhere(), seconds_ago);
      if (!named) std::filesystem::resize_file(folder.file("owner"), 0);
      if (!named) std::filesystem::last_write_time(folder.file("owner"), std::filesystem::file_time_type::clock::now() - std::chrono::seconds(std::lround(seconds_ago)));
      return seconds_to_take(folder);
    });
  };
  std::vector<std::future<double>> full, half, none;
  for (const bool named : {true, false}) {
    full.push_back(taken_after(0, named));
    full.push_back(taken_after(-86400 * 400, named));
    half.push_back(taken_after(60, named));
    none.push_back(taken_after(86400 * 2, named));
  }
  const auto between = [](std::future<double>& one, double least, double most) {
    const double seconds = one.get();
    BOOST_TEST(seconds >= least);
    BOOST_TEST(seconds < most);
  };
  for (auto& one : full) between(one, 2, 20);
  for (auto& one : half) between(one, 0.5, 20);
  for (auto& one : none) between(one, 0, 20);
}

BOOST_AUTO_TEST_CASE(an_owner_elsewhere_that_gives_a_sign_of_life_is_respected) {
  const Folder folder;
  own(folder, elsewhere(), 3600);  // its clock is wrong by an hour, and it is alive
  auto refused = std::async(std::launch::async, [&] { return message_of([&] { RunLock(folder.path, {0, {}, 60, 30}); }); });
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  std::filesystem::last_write_time(folder.file("owner"), std::filesystem::file_time_type::clock::now() - std::chrono::minutes(59));
  BOOST_TEST(has(refused.get(), "is writing it"));
}

BOOST_AUTO_TEST_CASE(a_living_owner_is_waited_for_on_request) {
  const Folder folder;
  auto lock = std::make_unique<RunLock>(folder.path);
  auto second = std::async(std::launch::async, [&] { return seconds_to_take(folder, {60, {}, 120, 15}); });
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  lock.reset();
  const double seconds = second.get();
  BOOST_TEST(seconds > 1);
  BOOST_TEST(seconds < 20);
  const RunLock third(folder.path);
  BOOST_TEST(has(message_of([&] { RunLock(folder.path, {1, {}, 120, 15}); }), "is writing it"));
}

BOOST_AUTO_TEST_CASE(a_touch_speaks_for_its_owner_alone) {
  const Folder folder;
  const auto written = [&] { return std::filesystem::last_write_time(folder.file("owner")); };
  const auto an_hour_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  const RunLock lock(folder.path);
  std::filesystem::last_write_time(folder.file("owner"), an_hour_ago);
  BOOST_TEST(lock.touch());
  BOOST_TEST((written() > an_hour_ago + std::chrono::minutes(30)));
  own(folder, elsewhere(), 3600);
  BOOST_TEST(!lock.touch());
  BOOST_TEST((written() < an_hour_ago + std::chrono::minutes(30)));
  std::filesystem::remove(folder.file("owner"));
  BOOST_TEST(lock.touch());  // taken away by hand, and by nobody taken
  BOOST_TEST(folder.files() == 0U);
  std::filesystem::create_directory(folder.file("owner"));
  BOOST_TEST(!lock.touch());
}

BOOST_AUTO_TEST_CASE(what_is_no_ordinary_file_is_replaced_and_never_followed) {
  const Folder place;
  put(place.file("victim"), "precious");
  const auto none_is_followed = [&](const char* what, const auto& make) {
    BOOST_TEST_CONTEXT(what) {
      const Folder folder;
      make(folder.file("owner"));
      {
        const RunLock lock(folder.path, OwnerWait{});
        BOOST_TEST(std::filesystem::is_regular_file(std::filesystem::symlink_status(folder.file("owner"))));
        BOOST_TEST(has(message_of([&] { RunLock(folder.path, OwnerWait{}); }), "is writing it"));
      }
      BOOST_TEST(!std::filesystem::exists(std::filesystem::symlink_status(folder.file("owner"))));
      BOOST_TEST(bytes_of(place.file("victim")) == "precious");
    }
  };
  none_is_followed("a link", [&](const std::string& path) { std::filesystem::create_symlink(place.file("victim"), path); });
  none_is_followed("a link to nothing", [&](const std::string& path) { std::filesystem::create_symlink(place.file("nothing"), path); });
  none_is_followed("a link to a pipe", [&](const std::string& path) {
    ::mkfifo(place.file("pipe").c_str(), 0600);
    std::filesystem::create_symlink(place.file("pipe"), path);
  });
  none_is_followed("a pipe", [&](const std::string& path) { ::mkfifo(path.c_str(), 0600); });
  none_is_followed("a folder", [&](const std::string& path) { std::filesystem::create_directories(path + "/kept"); });
}

BOOST_AUTO_TEST_CASE(a_claim_that_was_left_behind_blocks_nobody) {
  ProcessIdentity dead = checkpoint::this_process();
  dead.started = "1";
  for (const std::string& claim : {checkpoint::to_line(dead) + "\n", std::string()}) {
    const Folder folder;
    own(folder, dead);
    put(folder.file("owner.claim"), claim);
    if (claim.empty()) std::filesystem::last_write_time(folder.file("owner.claim"), std::filesystem::file_time_type::clock::now() - std::chrono::minutes(1));
    BOOST_TEST(seconds_to_take(folder, OwnerWait{}) < 5);
    BOOST_TEST(folder.files() == 0U);
  }
}

// Many processes find a dead owner, or none, at the same moment: one has the folder, each time.
BOOST_AUTO_TEST_CASE(of_processes_that_start_at_once_one_gets_the_folder) {
  const char* const more = std::getenv("TERANGA_TEST_RACES");
  const int rounds = more ? std::atoi(more) : 40, contenders = 6;
  ProcessIdentity dead = checkpoint::this_process();
  dead.started = "1";
  int without_one = 0;
  for (int round = 0; round < rounds; ++round) {
    const Folder folder;
    if (round % 2) own(folder, dead);
    int start[2], won[2];
    BOOST_REQUIRE(::pipe(start) == 0 && ::pipe(won) == 0);
    std::vector<pid_t> all;
    for (int c = 0; c < contenders; ++c) {
      all.push_back(::fork());
      if (all.back() != 0) continue;
      ::alarm(60);
      ::close(start[1]);
      ::close(won[0]);
      char none = 0;
      if (::read(start[0], &none, 1) != 0) ::_exit(2);  // until the parent closes it
      try {
        const RunLock lock(folder.path, OwnerWait{});
        if (::write(won[1], "x", 1) != 1) ::_exit(2);
        ::close(won[1]);
        ::pause();
      } catch (const Error& error) {
        ::_exit(error.code() == ExitCode::requeue ? 0 : 1);
      }
      ::_exit(2);
    }
    for (const int end : {start[0], start[1], won[1]}) ::close(end);
    // The losers end by themselves.
    int ended = 0, failed = 0, status = 0;
    for (; ended < contenders - 1 && ::waitpid(-1, &status, 0) > 0; ++ended) failed += status != 0;
    std::string winners(16, '\0');
    winners.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(won[0], winners.data(), winners.size()), 0)));
    BOOST_TEST(failed == 0);
    without_one += winners.size() != 1;
    for (const pid_t one : all) ::kill(one, SIGKILL);
    while (::waitpid(-1, &status, 0) > 0) {}
    ::close(won[0]);
    BOOST_TEST(folder.files() == 1U);
  }
  BOOST_TEST(without_one == 0);
}

constexpr double silent_for_a_while = 30;  // s: less than it takes to give an owner up, and more than a living one is silent

BOOST_AUTO_TEST_CASE(slurm_is_asked_for_the_job_of_an_owner_elsewhere) {
  const struct {
    const char* squeue;
    bool taken;
  } cases[] = {{"echo 77 COMPLETED", true},
               {"echo 77 NODE_FAIL", true},
               {"echo 77 PENDING", true},  // requeued, and not started yet
               {"echo 77 RUNNING", false},
               {"echo 77 COMPLETING", false},
               {"echo 77 SUSPENDED", false},
               {"echo 78 COMPLETED", true},  // another task of its array; of this one nothing is left
               {"echo 78 COMPLETED; echo 77 RUNNING", false},
               {"true", true},
               {"echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1", true},
               {"echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1", false},
               {"head -c 1000000 /dev/zero", true},
               {"kill -9 $$", false}};
  for (const auto& one : cases)
    BOOST_TEST_CONTEXT(one.squeue) {
      const Folder folder, programs;
      const Variables variables({{"PATH", path_with(programs, one.squeue)}, {"SLURM_CLUSTER_NAME", ""}, {"SLURM_JOB_ID", ""}});
      own(folder, in_job("77"), silent_for_a_while);
      const std::string said = message_of([&] { RunLock(folder.path, no_patience); });
      BOOST_TEST((said == "no error") == one.taken, said);
      if (!one.taken) BOOST_TEST(has(said, "(Slurm job 77)"));
    }
}

BOOST_AUTO_TEST_CASE(what_slurm_says_of_other_jobs_proves_nothing) {
  const Folder programs;
  const auto taken = [&](const ProcessIdentity& owner, const std::map<std::string, std::string>& more = {}) {
    const Folder folder;
    const Variables path({{"PATH", path_with(programs, "true")}, {"SLURM_CLUSTER_NAME", ""}, {"SLURM_JOB_ID", ""}}), variables(more);
    own(folder, owner, silent_for_a_while);
    return message_of([&] { RunLock(folder.path, no_patience); }) == "no error";
  };
  BOOST_TEST(taken(in_job("77")));
  ProcessIdentity of_another = in_job("77"), of_pbs = in_job("77"), forged = in_job("77 -a");
  of_another.user = "somebody else";  // whose jobs Slurm may hide
  of_pbs.job.system = "pbs";
  for (const ProcessIdentity& one : {of_another, of_pbs, forged}) BOOST_TEST(!taken(one));
  BOOST_TEST(!taken(in_job("77"), {{"SLURM_CLUSTER_NAME", "green"}}));
}

BOOST_AUTO_TEST_CASE(a_requeued_job_takes_over_from_its_former_start) {
  const auto taken = [](const ProcessIdentity& owner, const char* restarts) {
    const Folder folder, programs;
    const Variables variables({{"PATH", path_with(programs, "echo 77 RUNNING")}, {"SLURM_CLUSTER_NAME", "blue"}, {"SLURM_JOB_ID", "77"}, {"SLURM_RESTART_COUNT", restarts}});
    own(folder, owner, silent_for_a_while);
    return message_of([&] { RunLock(folder.path, no_patience); }) == "no error";
  };
  ProcessIdentity second = in_job("77"), other = in_job("76");
  second.job.restarts = 1;
  BOOST_TEST(taken(in_job("77"), "1"));
  BOOST_TEST(taken(second, "2"));
  BOOST_TEST(!taken(second, "1"));  // the same start: another process of this job may own it
  BOOST_TEST(!taken(in_job("77"), ""));
}

// A node may have lost only its network: Slurm calls its jobs failed and starts them elsewhere, and the former processes still run and write.
BOOST_AUTO_TEST_CASE(an_owner_that_gave_a_sign_of_life_just_now_is_watched_whatever_slurm_says) {
  const Folder folder, programs;
  const Variables variables({{"PATH", path_with(programs, "echo 77 NODE_FAIL")}, {"SLURM_CLUSTER_NAME", "blue"}, {"SLURM_JOB_ID", "77"}, {"SLURM_RESTART_COUNT", "1"}});
  own(folder, in_job("77"));
  BOOST_TEST(message_of([&] { RunLock(folder.path, no_patience); }) != "no error");
  checkpoint::OwnerWait short_watch;
  short_watch.watched = 1;
  BOOST_TEST(message_of([&] { RunLock(folder.path, short_watch); }) == "no error");
}

BOOST_AUTO_TEST_CASE(an_owner_in_a_suspended_job_is_never_given_up) {
  const Folder folder, programs;
  const Variables variables({{"PATH", path_with(programs, "echo 77 SUSPENDED")}, {"SLURM_CLUSTER_NAME", ""}, {"SLURM_JOB_ID", ""}});
  own(folder, in_job("77"), 86400 * 3);
  BOOST_TEST(has(message_of([&] { RunLock(folder.path, two_seconds); }), "is writing it"));
}
