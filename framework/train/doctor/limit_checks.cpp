// SPDX-License-Identifier: Apache-2.0
// What the system grants the processes: memory, sizes of files, shared memory.
#include "doctor/checks.hpp"

#include <teranga/core/counted.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/format.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

constexpr double kib = 1024, mib = 1024 * kib, gib = 1024 * mib;
constexpr double usual_need = 256 * mib;        // of a process with a small network
constexpr double usual_checkpoint = 64 * mib;   // where no recipe says more
constexpr const char* segments = "/dev/shm/vader_segment.";  // of Open MPI
constexpr double shared_by_mpi = 8 * mib;       // of each process, in /dev/shm: Open MPI takes 4 MiB

void add_limit(FactSheet& facts, const char* name, __rlimit_resource resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) facts.add(name, static_cast<double>(limit.rlim_cur));
}

// Of "Name:   123 kB" in a file of /proc; in bytes.
double kernel_number(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name + ":")) return std::strtod(line.c_str() + name.size() + 1, nullptr) * kib;
  return 0;
}

// The least limit of the control groups above this process; 0: none.
double group_memory() {
  double least = 0;
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool unified = controllers.empty();
    if (!unified && controllers.find("memory") == std::string::npos) continue;
    // Inside a container the path may lie outside of what is mounted; then only the root is there.
    for (fs::path path = line.substr(second + 1);; path = path.parent_path()) {
      std::ifstream limit((unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory") + path.string() + (unified ? "/memory.max" : "/memory.limit_in_bytes"));
      double bytes = 0;
      constexpr double no_limit = 1e18;  // as the old interface writes it
      if (limit >> bytes && bytes > 0 && bytes < no_limit && (least == 0 || bytes < least)) least = bytes;
      if (path == path.parent_path()) break;
    }
  }
  return least;
}

// Bytes of Open MPI's shared-memory files that no process has open.
double left_segments() {
  std::set<std::string> used;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error); !error && at != fs::directory_iterator(); at.increment(error)) {
    std::ifstream maps(at->path() / "maps");
    for (std::string line; std::getline(maps, line);)
      if (const std::size_t name = line.find(segments); name != std::string::npos) used.insert(line.substr(name));
  }
  double bytes = 0;
  for (fs::directory_iterator at("/dev/shm", error); !error && at != fs::directory_iterator(); at.increment(error)) {
    struct stat file {};
    const std::string path = at->path().string();
    if (path.starts_with(segments) && !used.contains(path) && ::lstat(path.c_str(), &file) == 0 && file.st_uid == geteuid()) bytes += static_cast<double>(file.st_size);
  }
  return bytes;
}

void add_shared_memory(FactSheet& facts) {
  const std::string path = fmt::format("/dev/shm/teranga-doctor.{}", getpid());
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  const int error = file < 0 ? errno : posix_fallocate(file, 0, static_cast<off_t>(shared_by_mpi));
  if (file >= 0) ::close(file), ::unlink(path.c_str());
  if (error != 0 && error != EFBIG) facts.add("shared memory fault", std::strerror(error));
  struct statvfs disk {};
  if (statvfs("/dev/shm", &disk) == 0) facts.add("shared memory", static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize));
  facts.add("left segments", left_segments());
}

double need_of(const FactSheet& one) { return usual_need + one.number("recipe memory"); }

void check_files(const FactSheets& ranks, Findings& out) {
  const std::string limit = ranks[0].get("file size limit");  // rank 0 alone writes
  const double most = ranks[0].number("file size limit"), need = std::max(usual_checkpoint, ranks[0].number("checkpoint bytes"));
  if (limit.empty()) return out.push_back({"file-size-limit", Verdict::ok, "files may be as large as the disk"});
  out.push_back({"file-size-limit", most < need ? Verdict::problem : Verdict::warning, fmt::format("files of {} may have at most {}, and a checkpoint needs about {}", rank_words(ranks, 0), bytes_words(most), bytes_words(need)), "ulimit -f unlimited"});
}

// The first thing that lets a process have too little; the room of a host is shared by its processes.
void check_memory(const FactSheets& ranks, Findings& out) {
  std::map<std::string, double> needs;
  for (const FactSheet& one : ranks) needs[one.get("host")] += need_of(one);
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    const FactSheet& one = ranks[rank];
    for (const auto& [name, option] : {std::pair{"address space", "-v"}, std::pair{"data segment", "-d"}}) {
      if (one.get(name).empty()) continue;
      const double most = one.number(name), need = need_of(one) + one.number(std::string(name) + " used");
      return out.push_back({"memory", most < need ? Verdict::problem : Verdict::warning, fmt::format("{} may have at most {} of memory (ulimit {}), and needs about {}", rank_words(ranks, rank), bytes_words(most), option, bytes_words(need)), fmt::format("ulimit {} unlimited", option)});
    }
    const double group = one.number("group memory"), free = one.number("free memory"), need = needs[one.get("host")];
    const std::string who = ranks.size() > 1 ? fmt::format("the processes on {} need", one.get("host")) : "this process needs";
    if (group > 0 && group < need) return out.push_back({"memory", Verdict::problem, fmt::format("{} about {}, and their control group grants {}", who, bytes_words(need), bytes_words(group)), "ask the scheduler for more memory: sbatch --mem=..., or docker run --memory ..."});
    if (free > 0 && free < need) return out.push_back({"memory", Verdict::problem, fmt::format("{} about {}, and {} are free", who, bytes_words(need), bytes_words(free)), "end other programs, or start fewer processes on each host"});
  }
  const double group = ranks[0].number("group memory");
  out.push_back({"memory", Verdict::ok, fmt::format("{} are free on {}{}", bytes_words(ranks[0].number("free memory")), ranks[0].get("host"), group > 0 ? fmt::format(", and the control group grants {}", bytes_words(group)) : "")});
}

void check_shared_memory(const FactSheets& ranks, Findings& out) {
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    const std::string fault = ranks[rank].get("shared memory fault");
    if (fault.empty()) continue;
    const bool needed = std::ranges::count_if(ranks, [&](const FactSheet& one) { return one.get("host") == ranks[rank].get("host"); }) > 1;
    return out.push_back({"shared-memory", needed ? Verdict::problem : Verdict::warning, fmt::format("{} cannot get {} in /dev/shm, through which MPI sends messages on one host: {}", rank_words(ranks, rank), bytes_words(shared_by_mpi), fault),
                          "ls -l /dev/shm shows what fills it; in a container: docker run --shm-size=1g"});
  }
  const double free = ranks[0].number("shared memory"), left = ranks[0].number("left segments");
  const std::string found = fmt::format("{} are free in /dev/shm", bytes_words(free));
  if (left == 0) return out.push_back({"shared-memory", Verdict::ok, found});
  out.push_back({"shared-memory", left > free / 10 ? Verdict::warning : Verdict::ok, fmt::format("{}; files of jobs that have ended hold {}", found, bytes_words(left)), fmt::format("rm {}*, while no job runs on {}", segments, ranks[0].get("host"))});
}

}  // namespace

void add_limit_facts(FactSheet& facts) {
  add_limit(facts, "file size limit", RLIMIT_FSIZE);
  add_limit(facts, "address space", RLIMIT_AS);
  add_limit(facts, "data segment", RLIMIT_DATA);
  facts.add("address space used", kernel_number("/proc/self/status", "VmSize"));
  facts.add("data segment used", kernel_number("/proc/self/status", "VmData"));
  facts.add("group memory", group_memory());
  facts.add("free memory", kernel_number("/proc/meminfo", "MemAvailable"));
  add_shared_memory(facts);
}

void check_limits(const FactSheets& ranks, Findings& out) {
  check_files(ranks, out);
  check_memory(ranks, out);
  check_shared_memory(ranks, out);
}

std::string bytes_words(double bytes) {
  if (bytes >= gib) return fmt::format("{:.1f} GiB", bytes / gib);
  return bytes >= mib ? fmt::format("{:.1f} MiB", bytes / mib) : fmt::format("{:.0f} KiB", std::ceil(bytes / kib));
}

}  // namespace teranga::train
