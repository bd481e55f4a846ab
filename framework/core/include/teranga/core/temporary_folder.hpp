// SPDX-License-Identifier: Apache-2.0
// A folder of its own in the folder that TMPDIR names (/tmp where it names none). It goes with all that is in it.
#pragma once

#include <string>

namespace teranga {

class TemporaryFolder {
 public:
  // Throws Error(failure), naming the folder in which it cannot be made.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace teranga
