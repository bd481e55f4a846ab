// SPDX-License-Identifier: Apache-2.0
// How many bytes a page may still grow by, so that it is never larger than a browser and a mail can take.
#pragma once

#include <cstddef>

namespace teranga::report {

class PageRoom {
 public:
  explicit PageRoom(std::size_t bytes) : left_(bytes) {}

  // Whether there is room for so many bytes, which is then taken. What finds none is counted.
  bool take(std::size_t bytes) noexcept {
    if (bytes > left_) {
      ++refused_;
      return false;
    }
    left_ -= bytes;
    return true;
  }
  std::size_t left() const noexcept { return left_; }
  std::size_t refused() const noexcept { return refused_; }

 private:
  std::size_t left_, refused_ = 0;
};

}  // namespace teranga::report
