// SPDX-License-Identifier: Apache-2.0
// A write that fails publishes nothing, leaves nothing behind and harms no older generation.
#include "kills.hpp"
#include "sample.hpp"

#include "process_identity.hpp"
#include "publish.hpp"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

using namespace sample;

namespace {

Snapshot large(std::int64_t step) {
  Snapshot all = snapshot(step);
  all.parameters.push_back(tensor<float>("large", {1 << 20}, 0.0F));
  return all;
}

class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

struct SmallFileSystem {
  explicit SmallFileSystem(const std::string& folder) : path(folder) {
    std::filesystem::create_directory(path);
    mounted = ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=1m") == 0;
  }
  SmallFileSystem(const SmallFileSystem&) = delete;
  SmallFileSystem& operator=(const SmallFileSystem&) = delete;
  ~SmallFileSystem() {
    if (mounted) ::umount(path.c_str());
  }
  std::string path;
  bool mounted = false;
};

pid_t dead_process() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

}  // namespace

// SIGXFSZ keeps its deadly default here: the writer has to hold it off by itself.
BOOST_AUTO_TEST_CASE(a_file_size_limit_is_an_error_and_older_generations_stay) {
  const Folder folder;
  const std::string old = checkpoint::write(folder.path, snapshot(1), 2);
  {
    const FileSizeLimit limit(1 << 20);
    BOOST_TEST(has(message_of([&] { checkpoint::write(folder.path, large(2), 2); }), "File too large"));
  }
  BOOST_TEST(folder.files() == 1U);
  checkpoint::verify(old);
  checkpoint::verify(checkpoint::write(folder.path, large(2), 2));
}

BOOST_AUTO_TEST_CASE(a_full_file_system_is_an_error_and_older_generations_stay) {
  const Folder folder;
  const SmallFileSystem full(folder.path + "/small");
  if (!full.mounted) {
    BOOST_TEST_MESSAGE("SKIPPED: no right to mount a small file system");
    return;
  }
  const std::string old = checkpoint::write(full.path, snapshot(1), 2);
  BOOST_TEST(has(message_of([&] { checkpoint::write(full.path, large(2), 2); }), "No space left on device"));
  BOOST_TEST(checkpoint::newest_intact(full.path)->step == 1);
  checkpoint::verify(checkpoint::write(full.path, snapshot(2), 2));
  checkpoint::verify(old);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_an_error_with_its_reason) {
  const Folder folder;
  put(folder.file("plain"), "a file");
  BOOST_TEST(has(message_of([&] { checkpoint::write(folder.file("plain"), snapshot(1), 2); }), "plain"));
  std::filesystem::create_directory(folder.file("step-000000000001.h5"));
  BOOST_TEST(has(message_of([&] { checkpoint::write(folder.path, snapshot(1), 2); }), "cannot rename to"));
  BOOST_TEST(folder.files() == 2U);
  if (::geteuid() == 0) {
    BOOST_TEST_MESSAGE("SKIPPED: the superuser may write anywhere");
    return;
  }
  std::filesystem::permissions(folder.path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  BOOST_TEST(has(message_of([&] { checkpoint::write(folder.path, snapshot(2), 2); }), "Permission denied"));
  std::filesystem::permissions(folder.path, std::filesystem::perms::owner_all);
}

BOOST_AUTO_TEST_CASE(temporary_files_of_dead_writers_go_and_those_of_the_living_stay) {
  const Folder folder;
  checkpoint::ProcessIdentity dead = checkpoint::this_process();
  dead.process = dead_process();
  checkpoint::ProcessIdentity reused = checkpoint::this_process();
  reused.started = "1";
  checkpoint::ProcessIdentity rebooted = checkpoint::this_process();
  rebooted.boot = "another";
  checkpoint::ProcessIdentity elsewhere = checkpoint::this_process();
  elsewhere.host = "elsewhere";
  checkpoint::ProcessIdentity elsewhere_long_ago = elsewhere;
  elsewhere_long_ago.process = 2;
  const auto leave = [&](const checkpoint::ProcessIdentity& writer) {
    const std::string path = folder.file(checkpoint::temporary_name("step-000000000009.h5", writer));
    put(path, "half");
    return path;
  };
  for (const auto& writer : {dead, reused, rebooted}) leave(writer);
  const std::string living = leave(checkpoint::this_process());
  const std::string foreign = leave(elsewhere);
  const std::string old = leave(elsewhere_long_ago);
  std::filesystem::last_write_time(old, std::filesystem::file_time_type::clock::now() - std::chrono::hours(48));
  checkpoint::write(folder.path, snapshot(1), 2);
  BOOST_TEST(folder.files() == 3U);
  BOOST_TEST(std::filesystem::exists(living));
  BOOST_TEST(std::filesystem::exists(foreign));
}

BOOST_AUTO_TEST_CASE(a_writer_killed_at_any_moment_leaves_an_intact_generation) {
  const Folder folder;
  checkpoint::write(folder.path, large(1), 2);
  survives_kills(folder, [&] {
    for (std::int64_t step = 2;; ++step) checkpoint::write(folder.path, large(step % 50 + 1), 2);
  });
  checkpoint::write(folder.path, large(99), 2);
  BOOST_TEST(folder.files() == 2U);
}
