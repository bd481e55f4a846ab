// SPDX-License-Identifier: Apache-2.0
// The samples of a part that is too large to be held, window by window: while rows are taken from one window, a thread of its own reads the next one.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include <teranga/data/loader.hpp>
#include <teranga/tensor/buffer.hpp>

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
  void stop() noexcept;

  // Writes the samples at `rows` positions from there on: their numbers to `samples`, one row a field to each pointer that is not null. Positions only grow.
  // False: it was stopped. Throws what the data set threw.
  bool take(OrderPlace from, std::int64_t rows, std::vector<std::int64_t>& samples, std::span<void* const> to);

 private:
  struct Window {
    std::int64_t pass = 0, begin = 0, end = 0;  // begin and end are positions
    std::vector<Buffer> fields;
    std::vector<std::int64_t> samples;  // by row
    std::vector<std::int64_t> order;    // rows by position
    std::exception_ptr failure = {};
  };

  void run(OrderPlace at) noexcept;
  bool read(Window& window, std::int64_t number);
  Window* free_window();
  Window* window_at(OrderPlace at);

  const Source& source_;
  const LoaderOptions options_;
  const std::int64_t passes_;
  BlockOrder order_;  // of the reading thread
  std::vector<BlockOrder::Run> runs_;
  std::array<Window, 2> windows_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t read_ = 0, used_ = 0;  // windows
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace teranga::data
