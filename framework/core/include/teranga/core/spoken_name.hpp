// SPDX-License-Identifier: Apache-2.0
// What people are told in place of a path that means nothing to them, as that of the temporary file which holds standard input.
#pragma once

#include <string>

namespace teranga {

// While it lives, the log calls the path so. One at a time, main thread.
class SpokenName {
 public:
  SpokenName(std::string path, std::string name);
  ~SpokenName();
  SpokenName(const SpokenName&) = delete;
  SpokenName& operator=(const SpokenName&) = delete;
};

// The text with the name in place of the path.
std::string with_spoken_name(std::string text);

// The text with another one in place of each `from`.
std::string with_replaced(std::string text, const std::string& from, const std::string& to);

}  // namespace teranga
