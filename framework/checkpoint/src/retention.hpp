// SPDX-License-Identifier: Apache-2.0
// The generations of a folder by their names, and which of them go.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "teranga/checkpoint/checkpoint.hpp"

namespace teranga::checkpoint {

constexpr std::int64_t steps_that_fit = 1'000'000'000'000;  // 12 digits

struct Generation {
  std::int64_t step = 0;
  std::string path;
};
std::vector<Generation> generations(const std::string& folder);  // by step, ascending; none where there is no folder

// Which files are known to be intact, so that a large one is not read again after every write. A file that was changed or replaced is read.
class Proven {
 public:
  void add(const std::string& path);  // this process has just published it
  bool intact(const std::string& path);

 private:
  struct Identity {
    dev_t device;
    ino_t number;
    off_t bytes;
    timespec changed;  // by the kernel, at every change of content, name or date
    bool operator==(const Identity& other) const noexcept;
  };
  static std::optional<Identity> identity_of(const std::string& path);
  std::map<std::string, Identity> known_;
};

// Removes generations older than the newest `keep` up to the step just written, as long as two of the kept ones are intact. Later steps
// (of a run that was taken back) stay. What cannot be removed stays too: a full folder is reported by the write that it stops.
void apply_retention(const std::string& folder, std::int64_t written, int keep, Proven& proven);

}  // namespace teranga::checkpoint
