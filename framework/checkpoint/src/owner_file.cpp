// SPDX-License-Identifier: Apache-2.0
#include "owner_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <teranga/core/hash.hpp>

#include "process_identity.hpp"

namespace teranga::checkpoint {
namespace {

constexpr std::size_t most_of_owner = 4096;
constexpr double longest_claim = 30;  // s; it is held for some milliseconds

double seconds_of(const timespec& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9; }

std::string read_from(int file) {
  std::string text(most_of_owner, '\0');
  const ssize_t got = ::pread(file, text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return text;
}

// An ordinary file, or -1. Opening it makes a network file system look at it anew.
int open_file(const std::string& path, int access) {
  const int file = ::open(path.c_str(), access | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  struct stat facts {};
  if (file >= 0 && (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode))) return ::close(file), -1;
  return file;
}

int write_record(const std::string& path, const std::string& content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return errno;
  const ssize_t written = ::write(file, content.data(), content.size());  // one short line
  int code = written < 0 ? errno : static_cast<std::size_t>(written) < content.size() ? ENOSPC : 0;
  if (::close(file) != 0 && code == 0) code = errno;
  if (code != 0) ::unlink(path.c_str());
  return code;
}

// The answer of a network file system may be lost, and link() be tried twice: the number of names tells.
int link_once(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return 0;
  const int code = errno;
  struct stat facts {};
  return code == EEXIST && ::lstat(from.c_str(), &facts) == 0 && facts.st_nlink > 1 ? 0 : code;
}

std::string tag_of(const std::string& record) {
  static std::atomic<int> count{0};
  return fmt::format("{}-{}", content_hash(record.data(), record.size()).substr(0, 12), ++count);
}

}  // namespace

OwnerFile::OwnerFile(std::string path, std::string record) : path_(std::move(path)), record_(std::move(record)), tag_(tag_of(record_)) {}

std::string OwnerFile::beside(const char* what) const { return fmt::format("{}.{}.{}", path_, tag_, what); }

int OwnerFile::create(const std::string& path) const {
  const std::string own = beside("tmp");
  if (const int code = write_record(own, record_); code != 0) return code;
  int code = link_once(own, path);
  if (code == EPERM || code == EOPNOTSUPP || code == ENOSYS) {  // a file system without hard links
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    code = file < 0 ? errno : 0;
    if (file >= 0 && (::close(file) != 0 || ::rename(own.c_str(), path.c_str()) != 0)) code = errno;
  }
  ::unlink(own.c_str());
  return code;
}

double OwnerFile::now() const {
  const std::string probe = beside("now");
  const int file = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return -1;
  struct stat facts {};
  const bool known = ::futimens(file, nullptr) == 0 && ::fstat(file, &facts) == 0;
  ::close(file);
  ::unlink(probe.c_str());
  return known ? seconds_of(facts.st_mtim) : -1;
}

OwnerFile::Found OwnerFile::look(const std::string& path) const {
  Found found;
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0) return found;
  found.kind = S_ISREG(facts.st_mode) ? Kind::file : S_ISDIR(facts.st_mode) ? Kind::folder : Kind::other;
  if (found.kind != Kind::file) return found;
  if (const int file = open_file(path, O_RDONLY); file >= 0) {
    found.content = read_from(file);
    ::fstat(file, &facts);
    ::close(file);
  }
  found.touched = seconds_of(facts.st_mtim);
  if (const double present = now(); present >= 0) found.age = present - found.touched;
  return found;
}

// Who has the claim is the only one that may change what lies under the name.
bool OwnerFile::claim() const {
  const std::string path = path_ + ".claim";
  const int code = create(path);
  if (code == EEXIST) remove_stale_claim();
  return code == 0;
}

// Removes a claim whose process ended while it held the claim.
void OwnerFile::remove_stale_claim() const {
  const std::string path = path_ + ".claim";
  const Found found = look(path);
  const auto holder = from_line(found.content);
  const bool stale = found.kind == Kind::folder || found.kind == Kind::other || (holder && life_of(*holder) == Life::dead) || found.age > longest_claim || found.age < -longest_claim;
  if (found.kind == Kind::absent || !stale) return;
  const std::string aside = beside("stale");
  if (::rename(path.c_str(), aside.c_str()) != 0 || found.kind == Kind::folder) return;
  // What came in its place meanwhile is put back.
  if (look(aside).content == found.content || link_once(aside, path) == 0) ::unlink(aside.c_str());
}

bool OwnerFile::replace(const Found& found) const {
  if (!claim()) return false;
  const Found now = look();
  bool done = now.kind == found.kind && now.content == found.content && (now.kind != Kind::file || now.touched == found.touched);
  if (done && now.kind == Kind::folder) {
    done = ::rename(path_.c_str(), beside("folder").c_str()) == 0 && create(path_) == 0;
  } else if (done) {
    const std::string own = beside("tmp");
    done = write_record(own, record_) == 0;
    if (done && ::rename(own.c_str(), path_.c_str()) != 0) done = look().content == record_;
    if (!done) ::unlink(own.c_str());
  }
  ::unlink((path_ + ".claim").c_str());
  return done;
}

void OwnerFile::release() const {
  if (look().content != record_ || !claim()) return;
  if (look().content == record_) ::unlink(path_.c_str());
  ::unlink((path_ + ".claim").c_str());
}

bool OwnerFile::touch() const {
  const int file = open_file(path_, O_RDWR);
  if (file < 0) {  // taken away by hand; or the file system cannot tell now
    const Found found = look();
    return found.kind == Kind::absent || (found.kind == Kind::file && (found.content.empty() || found.content == record_));
  }
  const std::string content = read_from(file);
  const bool ours = content == record_ || content.empty();
  if (ours) ::futimens(file, nullptr);
  ::close(file);
  return ours;
}

}  // namespace teranga::checkpoint
