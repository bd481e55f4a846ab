// SPDX-License-Identifier: Apache-2.0
#include "teranga/checkpoint/run_lock.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <teranga/core/error.hpp>

#include "process_identity.hpp"

namespace teranga::checkpoint {
namespace {

constexpr int attempts = 8;  // each lost to another process that came or went in between

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Makes the file with its content at once, unless it is there: 0, or errno.
int create(const std::string& path, const std::string& content) {
  const std::string own = fmt::format("{}.{}.tmp", path, ::getpid());
  {
    std::ofstream file(own, std::ios::trunc);
    file << content << std::flush;
    if (!file) return errno != 0 ? errno : EIO;
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

[[noreturn]] void refuse(const std::string& folder, const std::string& path, const std::optional<ProcessIdentity>& owner, Life life) {
  const std::string who = owner ? fmt::format("process {} on host {}", owner->process, owner->host) : "a process that left no name";
  if (life == Life::alive)
    throw Error(ExitCode::usage, fmt::format("run folder '{}': {} is writing it", folder, who),
                "wait for that run, or choose another run folder");
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
    if (life != Life::dead) refuse(folder, path_, owner, life);
    remove_dead(path_, content);
  }
  throw Error(ExitCode::failure, fmt::format("run folder '{}': other processes keep taking it", folder));
}

RunLock::~RunLock() {
  try {
    if (content_of(path_) == content_) ::unlink(path_.c_str());
  } catch (const std::exception&) {
    // The file stays; whoever comes next sees that its owner is gone.
  }
}

}  // namespace teranga::checkpoint
