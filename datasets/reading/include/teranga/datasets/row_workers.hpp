// SPDX-License-Identifier: Apache-2.0
// Threads of a data set that make the rows of a batch, each on its own. They start with the first work that is large enough to share.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

class RowWorkers {
 public:
  static sdk::OptionSpec option();  // "workers"
  // 0: as many as there are cores for this process.
  explicit RowWorkers(std::int64_t threads = 1) : threads_(threads) {}
  ~RowWorkers();
  RowWorkers(const RowWorkers&) = delete;
  RowWorkers& operator=(const RowWorkers&) = delete;

  // Runs body(row) for all rows from 0 to rows - 1, on the calling thread and the others, and waits for them. Throws what the first row that failed threw.
  void each(std::int64_t rows, const std::function<void(std::int64_t row)>& body);

 private:
  void start();
  void work();
  void take_rows();

  std::int64_t threads_;
  std::vector<std::thread> others_;
  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void(std::int64_t)>* body_ = nullptr;
  std::int64_t rows_ = 0, next_ = 0, busy_ = 0, round_ = 0, failed_row_ = -1;
  std::exception_ptr failure_;
  bool ending_ = false;
};

}  // namespace teranga::datasets
