// SPDX-License-Identifier: Apache-2.0
// In which order an epoch visits its samples, and which rows of a batch are a rank's. Both are pure functions: any rank count, thread or
// resumed run finds the same.
#pragma once

#include <cstdint>
#include <vector>

namespace teranga::data {

struct OrderKey {
  std::uint64_t seed = 0;
  std::int64_t epoch = 0;
  std::int64_t count = 0;  // samples
  bool shuffle = true;     // false: file order
};

// A permutation of 0 .. count - 1 (Fisher-Yates, driven by a counter-based generator).
class Order {
 public:
  Order() = default;
  explicit Order(const OrderKey& key) { assign(key); }

  void assign(const OrderKey& key);  // allocates only where it must hold more than ever before
  std::int64_t operator[](std::int64_t position) const noexcept {
    return permutation_.empty() ? position : permutation_[static_cast<std::size_t>(position)];
  }
  std::int64_t count() const noexcept { return count_; }

 private:
  std::int64_t count_ = 0;
  std::vector<std::int64_t> permutation_;  // empty: file order
};

// A contiguous part of the rows of a global batch.
struct Share {
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
};

struct RankOf {
  int rank = 0;
  int ranks = 1;
};

// Shares of all ranks cover the rows exactly once, in rank order; their sizes differ by one at most and may be 0.
Share share_of(std::int64_t global_rows, RankOf who) noexcept;

}  // namespace teranga::data
