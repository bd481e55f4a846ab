// SPDX-License-Identifier: Apache-2.0
// In which order an epoch visits its samples, how that is cut into batches, and which rows of a batch are a rank's. All are pure functions: any rank
// count, thread or resumed run finds the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace teranga::data {

struct OrderKey {
  std::uint64_t seed = 0;
  std::int64_t epoch = 0;
  std::int64_t count = 0;  // samples
  bool shuffle = true;     // false: file order
};

// The key of the random numbers of an epoch.
std::uint64_t stream_of(const OrderKey& key) noexcept;

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

// What is left of a batch from some position of the order on.
struct Cut {
  std::int64_t batch = 0;  // its number within the epoch
  std::int64_t rows = 0;
  std::size_t bucket = 0;
};

// An order in which all samples of a batch are of one bucket: the samples of an Order wait by bucket, and one that has a batch full goes next; what
// waits at the end makes the last batches, short ones, in the order of the buckets. So an epoch always has the same numbers of rows, in whatever order.
class BatchOrder {
 public:
  // bucket_of: of each sample; empty: all are alike, and the order is an Order.
  BatchOrder(std::int64_t batch_size, std::int64_t count, std::vector<std::size_t> bucket_of);

  std::int64_t batches() const noexcept { return full_ + static_cast<std::int64_t>(rests_.size()); }  // of an epoch
  std::int64_t rows_of_first(std::int64_t batches) const noexcept;                                     // together

  void assign(std::uint64_t seed, std::int64_t epoch, bool shuffle);
  std::int64_t operator[](std::int64_t position) const noexcept { return sorted_.empty() ? order_[position] : sorted_[static_cast<std::size_t>(position)]; }
  Cut cut(std::int64_t position) const noexcept;

 private:
  struct Run {
    std::int64_t end;  // position behind it
    std::size_t bucket;
  };
  const std::int64_t batch_size_, count_;
  const std::vector<std::size_t> bucket_of_;
  std::int64_t full_ = 0;             // batches
  std::vector<std::int64_t> rests_;   // rows of the short ones
  Order order_;
  std::vector<std::int64_t> sorted_;  // empty: as order_
  std::vector<Run> runs_;             // of sorted_
  std::vector<std::vector<std::int64_t>> waiting_;  // by bucket
};

// An order for what lies in blocks of `rows` samples: blocks are shuffled, as many as make a window follow each other, and their samples are shuffled among
// themselves. Whatever is read for a window is read once an epoch. Without shuffling it is file order.
class BlockOrder {
 public:
  struct Layout {
    std::int64_t count = 0;   // samples
    std::int64_t rows = 0;    // of a block
    std::int64_t window = 0;  // samples, rounded down to whole blocks; one block at least
    std::int64_t into = 0;    // the first block is shorter by so many
  };
  struct Run {
    std::int64_t first, rows;  // samples
  };

  BlockOrder() = default;
  explicit BlockOrder(const Layout& layout) : layout_(layout) {}

  void assign(std::uint64_t seed, std::int64_t epoch, bool shuffle);
  std::int64_t windows() const noexcept { return static_cast<std::int64_t>(ends_.size()); }
  std::int64_t begin(std::int64_t window) const noexcept { return window == 0 ? 0 : end(window - 1); }  // position
  std::int64_t end(std::int64_t window) const noexcept { return ends_[static_cast<std::size_t>(window)]; }
  std::int64_t window_of(std::int64_t position) const noexcept;
  std::int64_t most_rows() const noexcept;  // of a window, in any epoch
  std::int64_t blocks_of_window() const noexcept;  // but the last one, which may have fewer

  // The blocks of a window in the order in which they are read, and which of the samples that were read comes first, second, ...
  void runs(std::int64_t window, std::vector<Run>& to) const;
  void order(std::int64_t window, std::vector<std::int64_t>& to) const;

 private:
  std::int64_t blocks() const noexcept { return (layout_.into + layout_.count + layout_.rows - 1) / layout_.rows; }
  Run run_of(std::int64_t block) const noexcept;

  Layout layout_;
  OrderKey key_;
  Order blocks_;
  std::vector<std::int64_t> ends_;  // positions
};

// A contiguous part of the rows of a global batch.
struct Share {
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
};

struct RankOf {
  int rank = 0;
  int ranks = 1;
  std::int64_t unit = 1;  // so many rows stay together on one rank, from the first one on
};

// Shares of all ranks cover the rows exactly once, in rank order; their sizes differ by one unit at most and may be 0. Ranks with rows come first.
Share share_of(std::int64_t global_rows, RankOf who) noexcept;

}  // namespace teranga::data
