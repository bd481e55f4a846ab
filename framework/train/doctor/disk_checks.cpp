// SPDX-License-Identifier: Apache-2.0
// Whether the run folder takes files, and whether all ranks see them there. Rank 0 alone writes the files of a training, but the next job may have rank 0 on another host.
#include "doctor/checks.hpp"

#include <teranga/checkpoint/run_lock.hpp>
#include <teranga/core/shell_word.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/format.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

constexpr double probe_bytes = 1 << 20, least_free = 1 << 30, least_inodes = 1000;

// The folder, or the nearest one above it that there is: a training makes those that are missing.
std::string there_is(const std::string& folder) {
  std::error_code error;
  fs::path at = fs::absolute(folder, error).lexically_normal();
  if (at.filename().empty()) at = at.parent_path();
  while (!fs::is_directory(at, error) && at != at.parent_path()) at = at.parent_path();
  return at.string();
}

struct Trouble {
  const char* what = nullptr;  // nullptr: none
  int error = 0;
};

// Writes the file, brings it to disk, and gives it its name, as checkpoints are written.
Trouble try_file(const std::string& path, const std::string& text) {
  const std::string own = path + ".new";
  const int file = ::open(own.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return {"a file cannot be made", errno};
  Trouble out;
  std::string bytes = text;
  bytes.resize(static_cast<std::size_t>(probe_bytes), ' ');
  for (std::size_t done = 0; done < bytes.size() && !out.what;) {
    const ssize_t wrote = ::write(file, bytes.data() + done, bytes.size() - done);
    if (wrote <= 0) out = {"a file of 1 MiB cannot be written", wrote < 0 ? errno : ENOSPC};
    else done += static_cast<std::size_t>(wrote);
  }
  if (!out.what && ::fsync(file) != 0) out = {"a file cannot be brought to disk (fsync)", errno};
  if (::close(file) != 0 && !out.what) out = {"a file cannot be closed", errno};
  if (!out.what && ::rename(own.c_str(), path.c_str()) != 0) out = {"a file cannot be renamed", errno};
  if (out.what) ::unlink(own.c_str());
  return out;
}

// 0, or errno of a lock, such as HDF5 takes when it opens a file.
int try_lock(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return errno;
  const int error = ::flock(file, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
  ::close(file);
  return error;
}

bool shows(const std::string& path, const std::string& text) {
  for (int looks = 0; looks < 30; ++looks) {  // a network file system may show it late
    std::ifstream in(path, std::ios::binary);
    std::string found(text.size(), '\0');
    if (in.read(found.data(), static_cast<std::streamsize>(found.size())) && found == text) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

std::string cure_of(int error, const std::string& place) {
  if (error == ENOSPC || error == EDQUOT) return fmt::format("free space in {}: df -h and df -i show how much there is, quota -s how much of it is yours; or --run FOLDER on another disk", place);
  if (error == EFBIG) return "ulimit -f unlimited";
  return "--run FOLDER names a folder that you may write to";
}

void check_room(const std::string& place, double need, Findings& out) {
  struct statvfs disk {};
  if (statvfs(place.c_str(), &disk) != 0) return;
  const double free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
  const double inodes = disk.f_files > 0 ? static_cast<double>(disk.f_favail) : least_inodes;  // some file systems do not count them
  const std::string cure = cure_of(ENOSPC, place);
  if (free < std::max(need, 2 * probe_bytes)) out.push_back({"disk-space", Verdict::problem, fmt::format("{} are free at {}, and a training needs about {} for its checkpoints", bytes_words(free), place, bytes_words(std::max(need, 2 * probe_bytes))), cure});
  else if (inodes < 10) out.push_back({"disk-space", Verdict::problem, fmt::format("{} more files can be made at {} (inodes)", inodes, place), cure});
  else if (free < least_free || inodes < least_inodes) out.push_back({"disk-space", Verdict::warning, fmt::format("{} and {} files are left at {}", bytes_words(free), inodes, place), cure});
  else out.push_back({"disk-space", Verdict::ok, fmt::format("{} are free at {}", bytes_words(free), place)});
}

void check_writing(const std::string& place, const Trouble& trouble, int lock, Findings& out) {
  if (trouble.what) return out.push_back({trouble.error == ENOSPC || trouble.error == EDQUOT ? "disk-space" : "run-folder", Verdict::problem, fmt::format("{}: {}: {}", place, trouble.what, std::strerror(trouble.error)), cure_of(trouble.error, place)});
  if (lock != 0) return out.push_back({"run-folder", Verdict::warning, fmt::format("{}: files cannot be locked: {}; HDF5 may refuse to open data there", place, std::strerror(lock)), "export HDF5_USE_FILE_LOCKING=FALSE"});
  out.push_back({"run-folder", Verdict::ok, fmt::format("files can be written, locked and renamed in {}", place)});
}

// Takes the folder for a moment, as a training does. It does not wait for an owner of which nothing is known: the other ranks wait for this one.
void check_owner(const std::string& folder, Findings& out) {
  std::error_code error;
  if (!fs::exists(fs::path(folder) / "owner", error)) return out.push_back({"owner", Verdict::ok, "no other job has the run folder"});
  bool unknown = false;
  checkpoint::OwnerWait wait;
  wait.give_up = [&] {
    unknown = true;
    return true;
  };
  try {
    const checkpoint::RunLock lock(folder, wait);
    out.push_back({"owner", Verdict::ok, "the former job of the run folder has ended"});
  } catch (const Error& refused) {
    const std::string file = (fs::path(folder) / "owner").string();
    if (unknown) return out.push_back({"owner", Verdict::warning, fmt::format("{}: whether the job that wrote this file still runs cannot be told from here; a training waits for its sign of life, for two minutes at most", file), fmt::format("if that job is gone: rm {}", shell_word(file))});
    out.push_back({"owner", Verdict::problem, refused.what(), refused.hint(), refused.code()});
  }
}

}  // namespace

void check_disk(Communicator& comm, const FactSheets& ranks, const std::string& folder, Findings& out) {
  const std::string place = there_is(folder);
  std::string mark = fmt::format("{} {} {}", ranks[0].get("host"), getpid(), std::chrono::system_clock::now().time_since_epoch().count());
  comm.broadcast(mark);
  std::string name = fmt::format(".teranga-doctor-{}-{}", ranks[0].get("host"), getpid());
  comm.broadcast(name);
  const std::string path = place + "/" + name;
  Trouble trouble;
  int lock = 0;
  if (comm.is_root()) {
    trouble = try_file(path, mark);
    if (!trouble.what) lock = try_lock(path);
  }
  std::int64_t written = comm.is_root() && !trouble.what;
  comm.broadcast(&written, sizeof written, 0);
  const std::vector<std::string> seen = comm.allgather(!written || shows(path, mark) ? "" : place);
  if (!comm.is_root()) return;
  ::unlink(path.c_str());
  check_writing(place, trouble, lock, out);
  if (!trouble.what) check_room(place, 3 * ranks[0].number("checkpoint bytes"), out);
  check_owner(folder, out);
  for (std::size_t rank = 0; rank < seen.size(); ++rank)
    if (!seen[rank].empty())
      return out.push_back({"shared-folder", Verdict::warning, fmt::format("{} does not see in {} what rank 0 writes to {}: a job whose first process is there would begin anew", rank_words(ranks, rank), seen[rank], place), "--run FOLDER on a disk that all hosts share, the same for all processes"});
  if (seen.size() > 1 && written) out.push_back({"shared-folder", Verdict::ok, "all processes see the files of the run folder"});
}

}  // namespace teranga::train
