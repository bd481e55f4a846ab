// SPDX-License-Identifier: Apache-2.0
// Lists of token numbers, one after the other in one piece of memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace teranga::datasets {

class Sequences {
 public:
  void add(std::int32_t token) { tokens_.push_back(token); }
  template <class Range>
  void append(const Range& tokens) {
    tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  }
  std::size_t open_size() const noexcept { return tokens_.size() - ends_.back(); }  // of the list that finish() will end
  void finish() { ends_.push_back(tokens_.size()); }

  std::int64_t count() const noexcept { return static_cast<std::int64_t>(ends_.size()) - 1; }
  std::span<const std::int32_t> operator[](std::size_t i) const { return std::span(tokens_).subspan(ends_[i], ends_[i + 1] - ends_[i]); }

 private:
  std::vector<std::int32_t> tokens_;
  std::vector<std::size_t> ends_ = {0};
};

}  // namespace teranga::datasets
