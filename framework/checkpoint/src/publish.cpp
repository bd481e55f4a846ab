// SPDX-License-Identifier: Apache-2.0
#include "publish.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>

namespace teranga::checkpoint {
namespace {

constexpr const char* temporary_suffix = ".tmp";
constexpr std::size_t block = std::size_t{1} << 18;  // bytes that are hashed, and written while they are in the cache
constexpr off_t at_once = off_t{8} << 20;            // bytes after which the disk is set to work while the rest is prepared
constexpr std::time_t foreign_age = 24 * 60 * 60;  // seconds after which a temporary file of another host counts as left behind

// A write beyond the file size limit raises SIGXFSZ, which ends the process; here it has to be an error code.
class SizeSignalBlocked {
 public:
  SizeSignalBlocked() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGXFSZ);
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  SizeSignalBlocked(const SizeSignalBlocked&) = delete;
  SizeSignalBlocked& operator=(const SizeSignalBlocked&) = delete;
  ~SizeSignalBlocked() {
    if (sigismember(&before_, SIGXFSZ) == 0) {
      const timespec now{};
      while (::sigtimedwait(&set_, nullptr, &now) == SIGXFSZ) {
      }
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t set_;
  sigset_t before_;
};

int write_block(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

int write_all(int file, std::span<const std::span<const std::byte>> pieces, Seal* seal) {
  const SizeSignalBlocked blocked;
  off_t written = 0, on_its_way = 0;
  for (std::span<const std::byte> piece : pieces)
    while (!piece.empty()) {
      const std::span<const std::byte> bytes = piece.first(std::min(piece.size(), block));
      piece = piece.subspan(bytes.size());
      if (seal != nullptr) seal->add(bytes);
      if (const int code = write_block(file, bytes); code != 0) return code;
      written += static_cast<off_t>(bytes.size());
      if (written - on_its_way < at_once) continue;
      ::sync_file_range(file, on_its_way, written - on_its_way, SYNC_FILE_RANGE_WRITE);  // a wish: the file is synced in the end
      on_its_way = written;
    }
  if (seal == nullptr) return 0;
  const auto envelope = seal->envelope();
  if (::lseek(file, 0, SEEK_SET) != 0) return errno;
  return write_block(file, std::as_bytes(std::span(envelope)));
}

int sync(int file) {
  int code = 0;
  do code = ::fsync(file) == 0 ? 0 : errno;
  while (code == EINTR);
  return code;
}

int sync_folder(const std::string& folder) {
  const int id = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (id < 0) return errno;
  const int code = sync(id);
  ::close(id);
  return code == EINVAL ? 0 : code;  // some file systems do not sync folders
}

struct Step {
  const char* verb;
  int code;
};

// Which step failed, and with what; code 0: none.
Step write_temporary(const std::string& temporary, std::span<const std::span<const std::byte>> pieces, Seal* seal) {
  ::unlink(temporary.c_str());  // of this very process: a leftover that could not be removed
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return {"create", errno};
  Step step{"write", write_all(file, pieces, seal)};
  if (step.code == 0) step = {"sync", sync(file)};
  // A network file system may report a full disk no earlier than here.
  if (::close(file) != 0 && step.code == 0 && errno != EINTR) step = {"close", errno};
  return step;
}

bool is_stale(const std::filesystem::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  const std::size_t from = name.find('~');
  if (name.empty() || name.front() != '.' || from == std::string::npos || !name.ends_with(temporary_suffix)) return false;
  std::string line = name.substr(from + 1, name.size() - from - 1 - std::strlen(temporary_suffix));
  std::replace(line.begin(), line.end(), '~', ' ');
  const auto writer = from_line(line);
  if (!writer) return false;
  const Life life = life_of(*writer);
  if (life != Life::unknown) return life == Life::dead;
  struct stat status {};
  return ::stat(entry.path().c_str(), &status) == 0 && std::time(nullptr) - status.st_mtime > foreign_age;
}

}  // namespace

std::string temporary_name(const std::string& name, const ProcessIdentity& writer) {
  std::string line = to_line(writer);
  std::replace(line.begin(), line.end(), ' ', '~');
  return "." + name + "~" + line + temporary_suffix;
}

namespace {

// What shows, or mends, the cause.
std::string repair(const std::string& folder, int code) {
  if (code == ENOENT && folder != ".") return fmt::format("mkdir -p {}", shell_word(folder));
  if (code == ENOSPC || code == EDQUOT) return fmt::format("df -h {} shows the room that is left", shell_word(folder));
  if (code != EACCES && code != EPERM && code != EROFS) return {};
  return fmt::format("ls -ld {} shows who may write there", shell_word(folder));
}

}  // namespace

void publish(const std::string& path, std::span<const std::span<const std::byte>> pieces, const std::string& what, Seal* seal) {
  const std::filesystem::path target(path);
  const std::string folder = target.has_parent_path() ? target.parent_path().string() : ".";
  const std::string temporary = (std::filesystem::path(folder) / temporary_name(target.filename().string(), this_process())).string();
  Step step = write_temporary(temporary, pieces, seal);
  if (step.code == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) step = {"rename to", errno};
  if (step.code != 0) {
    ::unlink(temporary.c_str());
    std::uint64_t bytes = 0;
    for (const std::span<const std::byte> piece : pieces) bytes += piece.size();
    throw Error(ExitCode::failure,
                fmt::format("{}: cannot {} '{}' ({} bytes): {}", what, step.verb, path, bytes, std::strerror(step.code)),
                repair(folder, step.code));
  }
  if (const int code = sync_folder(folder); code != 0)
    throw Error(ExitCode::failure,
                fmt::format("{}: '{}' is written, but may not last: cannot sync '{}': {}", what, path, folder, std::strerror(code)));
}

void remove_stale_temporaries(const std::string& folder) noexcept {
  try {
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (is_stale(entry)) ::unlink(entry.path().c_str());
  } catch (const std::exception&) {
    // What cannot be listed now is removed after the next write.
  }
}

}  // namespace teranga::checkpoint
