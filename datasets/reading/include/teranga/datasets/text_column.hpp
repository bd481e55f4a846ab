// SPDX-License-Identifier: Apache-2.0
// The cells of one column as texts in a row, each ended by a zero byte (which no text table holds): a byte more than the file has for them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace teranga::datasets {

class TextColumn {
 public:
  void add(std::string_view text) {
    bytes_ += text;
    bytes_ += '\0';
    ++count_;
  }
  std::int64_t count() const noexcept { return count_; }

  // Of the last cell; empty where there is none.
  std::string_view last() const {
    const std::string_view cells = std::string_view(bytes_).substr(0, bytes_.empty() ? 0 : bytes_.size() - 1);
    return cells.substr(cells.find_last_of('\0') + 1);
  }

  // take(text, number of the cell), in order.
  template <class F>
  void each(F&& take) const {
    std::string_view left = bytes_;
    for (std::int64_t i = 0; i < count_; ++i) {
      const std::size_t end = left.find('\0');
      take(left.substr(0, end), i);
      left.remove_prefix(end + 1);
    }
  }

 private:
  std::string bytes_;
  std::int64_t count_ = 0;
};

}  // namespace teranga::datasets
