// SPDX-License-Identifier: Apache-2.0
#include "run/line_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/replace_file.hpp>

#include <fmt/format.h>

namespace teranga::train {

void replace_file(const std::string& path, const std::string& text) {
  if (const int code = teranga::replace_file(path, text); code != 0) throw Error(ExitCode::failure, fmt::format("cannot write {}: {}", path, std::strerror(code)));
}

LineFile::~LineFile() {
  try {
    close();
  } catch (const std::exception&) {  // no memory for the warning
  }
}

namespace {

struct Opened {
  int file, code;  // the descriptor, or -1 with errno
  bool is_empty;
};

// An ordinary file alone: a pipe would wait for a reader.
Opened open_ordinary(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
  if (file < 0) return {-1, errno == ENXIO ? ELOOP : errno, false};
  struct stat status {};
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode)) return {file, 0, status.st_size == 0};
  ::close(file);
  return {-1, ELOOP, false};
}

}  // namespace

void LineFile::open(const std::string& path, std::string first_line) {
  const Opened opened = open_ordinary(path);
  if (opened.file < 0) throw Error(ExitCode::failure, fmt::format("cannot write {}: {}", path, opened.code == ELOOP ? "it is no ordinary file" : std::strerror(opened.code)));
  if (file_ >= 0) ::close(file_);
  file_ = opened.file;
  path_ = path;
  first_line_ = std::move(first_line);
  if (opened.is_empty && !first_line_.empty()) kept_.push_front(first_line_ + "\n");
  if (!kept_.empty()) write_kept();
}

int LineFile::begin_again() {
  struct stat status {};
  if (::fstat(file_, &status) != 0 || status.st_nlink > 0) return 0;
  const Opened opened = open_ordinary(path_);
  if (opened.file < 0) return opened.code;
  ::close(file_);
  file_ = opened.file;
  if (opened.is_empty && !first_line_.empty()) kept_.push_front(first_line_ + "\n");
  log::warning(fmt::format("{} was removed while it was written: it begins anew", path_));
  return 0;
}

void LineFile::add_record(std::string bytes) {
  kept_.push_back(std::move(bytes));
  write_kept();
}

int LineFile::append(const std::string& line) const {
  struct stat before {};
  if (::fstat(file_, &before) != 0) return errno;
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t count = ::write(file_, line.data() + done, line.size() - done);
    if (count > 0) {
      done += static_cast<std::size_t>(count);
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    const int code = count < 0 ? errno : ENOSPC;
    return ::ftruncate(file_, before.st_size) == 0 ? code : errno;
  }
  return 0;
}

void LineFile::write_kept() {
  const int removed = begin_again();
  while (!kept_.empty()) {
    if (const int code = removed != 0 ? removed : append(kept_.front())) {
      if (!warned_) log::warning(fmt::format("{}: what is new cannot be written: {}; it is kept, and written as soon as there is room", path_, std::strerror(code)));
      warned_ = true;
      return;
    }
    kept_.pop_front();
  }
  if (warned_) log::info(fmt::format("{}: all is written again", path_));
  warned_ = false;
}

void LineFile::close() {
  if (file_ < 0) return;
  if (!kept_.empty()) write_kept();
  if (!kept_.empty()) log::warning(fmt::format("{}: lines at its end that are lost, because there never was room for them: {}", path_, kept_.size()));
  kept_.clear();
  ::close(file_);
  file_ = -1;
}

}  // namespace teranga::train
