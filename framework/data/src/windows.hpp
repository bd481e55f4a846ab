// SPDX-License-Identifier: Apache-2.0
// The samples of a part that is too large to be held, window by window: while rows are taken from one window, a thread of its own reads the next one. Ranks on one
// node that share memory hold the windows together, and each reads its part of the blocks.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <teranga/data/loader.hpp>
#include <teranga/tensor/buffer.hpp>

#include "node_windows.hpp"

namespace teranga::data {

// A position in the order of a pass over all samples (0-based both).
struct OrderPlace {
  std::int64_t pass = 0;
  std::int64_t position = 0;
};

class Windows {
 public:
  // Reads so many passes; 0: without an end.
  Windows(const Source& source, const LoaderOptions& options, std::int64_t passes);
  ~Windows() { stop(); }
  Windows(const Windows&) = delete;
  Windows& operator=(const Windows&) = delete;

  void start(OrderPlace from);
  void interrupt() noexcept;  // take() ends soon; from any thread
  void stop() noexcept;       // the ranks that still read together do without this one. One thread at a time

  // Writes the samples at `rows` positions from there on: their numbers to `samples`, one row a field to each pointer that is not null. Positions only grow.
  // False: it was stopped. Throws what the data set threw, on this rank or on another one of the node.
  bool take(OrderPlace from, std::int64_t rows, std::vector<std::int64_t>& samples, std::span<void* const> to);
  // Bytes of files that this rank read for the windows that take() has come to since the last call.
  std::int64_t take_bytes_read() noexcept;

 private:
  struct Window {
    std::int64_t pass = 0, begin = 0, end = 0;  // begin and end are positions
    std::int64_t number = 0;                    // of its pass
    std::vector<std::byte*> fields;             // null: not wanted
    std::vector<std::int64_t> samples;  // by row
    std::vector<std::int64_t> order;    // rows by position
    std::vector<BlockOrder::Run> runs;  // its blocks, in the order of the rows
    std::int64_t bytes_read = 0;        // of files, by this rank
    std::exception_ptr failure = {};
  };

  std::vector<std::size_t> field_bytes() const;  // of a window; 0: not wanted
  void place(std::size_t half, std::byte* memory);
  void run(OrderPlace at) noexcept;
  bool prepare(Window& window, OrderPlace& at);
  bool read(Window& window, int rank);
  Window* free_window();
  Window* window_at(OrderPlace at);
  bool await_others(Window& window);
  void release(OrderPlace before);
  void give_back();
  bool stops();

  const Source& source_;
  const LoaderOptions options_;
  const std::int64_t passes_;
  std::optional<NodeWindows> node_;  // nothing: this rank reads all by itself
  BlockOrder order_;  // of the reading thread
  std::array<Window, 2> windows_;
  std::vector<Buffer> own_;  // memory of the windows, where it is not the node's
  std::int64_t ordered_ = -1;          // pass

  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t read_ = 0, used_ = 0;  // windows
  OrderPlace needed_;                 // nothing before it is asked for again
  std::int64_t bytes_read_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace teranga::data
