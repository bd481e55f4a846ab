// SPDX-License-Identifier: Apache-2.0
// The file that says who owns a run folder, on any file system: made by link(), changed by rename(), no locks of files. What lies under its name is never followed.
#pragma once

#include <string>
#include <utility>

namespace teranga::checkpoint {

class OwnerFile {
 public:
  // `record`: what this process writes into it, a line.
  OwnerFile(std::string path, std::string record);

  const std::string& path() const noexcept { return path_; }
  void moved_to(std::string path) { path_ = std::move(path); }  // its folder has another name now

  // Makes the file, whole and at once: 0, EEXIST where something has the name, or another errno.
  int create() const { return create(path_); }

  enum class Kind { absent, file, folder, other };
  struct Found {
    Kind kind = Kind::absent;
    std::string content;  // of a file, at most 4096 bytes
    double touched = 0;   // s, by the clock of the file system
    double age = -1;      // s since it was touched, by the same clock; negative: it cannot be told, or the file was touched in the future
  };
  Found look() const { return look(path_); }

  // Puts the record in place of what was found: of a file with that content, or of a link, a pipe, a folder (which gets another name). False where it has changed since, or another
  // process is about to do the same.
  bool replace(const Found& found) const;
  // Removes the file while it holds the record.
  void release() const;
  // A sign of life. False where another process has the file.
  bool touch() const;

 private:
  int create(const std::string& path) const;
  Found look(const std::string& path) const;
  double now() const;
  bool claim() const;
  void remove_stale_claim() const;
  std::string beside(const char* what) const;

  std::string path_, record_, tag_;
};

}  // namespace teranga::checkpoint
