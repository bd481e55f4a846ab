// SPDX-License-Identifier: Apache-2.0
#include "teranga/checkpoint/run_lock.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>

#include <teranga/core/error.hpp>

#include "process_identity.hpp"

namespace teranga::checkpoint {
namespace {

constexpr int attempts = 8;  // each lost to another process that came or went in between

std::string content_of(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe would wait for a writer
  if (file < 0) return {};
  std::string text(4096, '\0');
  const ssize_t got = ::read(file, text.data(), text.size());
  ::close(file);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return text;
}

// Makes the file with its content at once, unless it is there: 0, or errno.
int create(const std::string& path, const std::string& content) {
  const std::string own = fmt::format("{}.{}.tmp", path, ::getpid());
  {
    ::unlink(own.c_str());
    const int file = ::open(own.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0) return errno;
    const ssize_t written = ::write(file, content.data(), content.size());  // one short line
    const int code = written < 0 ? errno : static_cast<std::size_t>(written) < content.size() ? ENOSPC : 0;
    if (::close(file) != 0 && code == 0) return errno;
    if (code != 0) return ::unlink(own.c_str()), code;
  }
  int code = ::link(own.c_str(), path.c_str()) == 0 ? 0 : errno;
  if (code == EPERM || code == EOPNOTSUPP || code == ENOSYS) {  // a file system without hard links
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    code = file < 0 ? errno : 0;
    if (file >= 0 && (::close(file) != 0 || ::rename(own.c_str(), path.c_str()) != 0)) code = errno;
  }
  ::unlink(own.c_str());
  return code;
}

// Takes away the file of a dead owner. What came in its place meanwhile is put back.
void remove_dead(const std::string& path, const std::string& content) {
  const std::string aside = fmt::format("{}.{}.dead", path, ::getpid());
  if (::rename(path.c_str(), aside.c_str()) != 0) return;
  if (content_of(aside) == content || ::link(aside.c_str(), path.c_str()) == 0) ::unlink(aside.c_str());
}

double seconds_of(const struct stat& facts) { return static_cast<double>(facts.st_mtim.tv_sec) + static_cast<double>(facts.st_mtim.tv_nsec) * 1e-9; }

// Seconds since the file was touched, by the clock of the file system alone: those of two hosts may differ. Negative: not to be told.
double silence_of(const std::string& path) {
  const std::string probe = fmt::format("{}.{}.now", path, ::getpid());
  ::unlink(probe.c_str());
  const int file = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return -1;
  struct stat now {}, then {};
  const bool known = ::futimens(file, nullptr) == 0 && ::fstat(file, &now) == 0 && ::stat(path.c_str(), &then) == 0;
  ::close(file);
  ::unlink(probe.c_str());
  return known ? std::max(seconds_of(now) - seconds_of(then), 0.0) : -1;
}

[[noreturn]] void refuse(const std::string& folder, const std::string& path, const std::optional<ProcessIdentity>& owner, Life life, double silence) {
  const std::string who = owner ? fmt::format("process {} on host {}", owner->process, owner->host) : "a process that left no name";
  if (life == Life::alive)
    throw Error(ExitCode::usage, fmt::format("run folder '{}': {} is writing it", folder, who),
                "wait for that run, or choose another folder with --run FOLDER");
  if (owner && silence >= 0)
    throw Error(ExitCode::usage,
                fmt::format("run folder '{}': owned by {}, and it cannot be told from here whether that still runs; its last sign of life came {:.0f} s ago", folder, who, silence),
                fmt::format("when it is gone: start again in {:.0f} s, or rm '{}'", std::ceil(silent_seconds - silence) + 1, path));
  throw Error(ExitCode::usage,
              fmt::format("run folder '{}': owned by {}, and it cannot be told from here whether that still runs", folder, who),
              fmt::format("when it does not: rm '{}'", path));
}

}  // namespace

RunLock::RunLock(const std::string& folder)
    : path_((std::filesystem::path(folder) / "owner").string()), content_(to_line(this_process()) + "\n") {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Error(ExitCode::failure, fmt::format("run folder '{}': cannot be made: {}", folder, error.message()));
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const int code = create(path_, content_);
    if (code == 0) return;
    if (code != EEXIST)
      throw Error(ExitCode::failure, fmt::format("run folder '{}': cannot write '{}': {}", folder, path_, std::strerror(code)));
    const std::string content = content_of(path_);
    const auto owner = from_line(content);
    if (!owner && !std::filesystem::exists(path_, error)) continue;  // its owner has just left
    const Life life = owner ? life_of(*owner) : Life::unknown;
    const double silence = life == Life::unknown ? silence_of(path_) : -1;
    if (life != Life::dead && !(owner && silence > silent_seconds)) refuse(folder, path_, owner, life, silence);
    remove_dead(path_, content);
  }
  throw Error(ExitCode::failure, fmt::format("run folder '{}': other processes keep taking it", folder));
}

bool RunLock::touch() const {
  const std::string found = content_of(path_);
  if (!found.empty() && found != content_) return false;
  if (!found.empty()) ::utimensat(AT_FDCWD, path_.c_str(), nullptr, 0);
  return true;
}

RunLock::~RunLock() {
  try {
    if (content_of(path_) == content_) ::unlink(path_.c_str());
  } catch (const std::exception&) {
    // The file stays; whoever comes next sees that its owner is gone.
  }
}

}  // namespace teranga::checkpoint
