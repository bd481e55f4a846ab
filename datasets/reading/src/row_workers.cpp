// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/row_workers.hpp>

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace teranga::datasets {

namespace {

// Cores that this process may run on.
std::int64_t cores_of_process() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

sdk::OptionSpec RowWorkers::option() {
  return sdk::integer("workers", std::int64_t{0}).in(0, 1024).says("threads of each process that read, decode and change the samples of a batch; 0: one for each core that the process may use. The numbers do not depend on it");
}

RowWorkers::~RowWorkers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& other : others_) other.join();
}

// Where the system gives no more threads, those that there are do the work.
void RowWorkers::start() {
  if (threads_ == 0) threads_ = cores_of_process();
  try {
    while (std::ssize(others_) + 1 < threads_) others_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    threads_ = std::ssize(others_) + 1;
  }
}

void RowWorkers::work() {
  pthread_setname_np(pthread_self(), "teranga-rows");
  std::unique_lock lock(mutex_);
  for (std::int64_t seen = 0;;) {
    changed_.wait(lock, [&] { return ending_ || (round_ != seen && next_ < rows_); });
    if (ending_) return;
    seen = round_;
    ++busy_;
    lock.unlock();
    take_rows();
    lock.lock();
    if (--busy_ == 0) changed_.notify_all();
  }
}

void RowWorkers::take_rows() {
  for (;;) {
    std::int64_t row;
    {
      const std::lock_guard lock(mutex_);
      if (next_ >= rows_) return;
      row = next_++;
    }
    try {
      (*body_)(row);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (failed_row_ < 0 || row < failed_row_) failed_row_ = row, failure_ = std::current_exception();
    }
  }
}

void RowWorkers::each(std::int64_t rows, const std::function<void(std::int64_t)>& body) {
  if (rows > 1 && others_.empty() && threads_ != 1) start();
  {
    const std::lock_guard lock(mutex_);
    body_ = &body, rows_ = rows, next_ = 0, failed_row_ = -1, failure_ = nullptr;
    ++round_;
  }
  if (rows > 1) changed_.notify_all();
  take_rows();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return busy_ == 0; });
  rows_ = 0, body_ = nullptr;
  if (std::exception_ptr failure = std::exchange(failure_, nullptr)) std::rethrow_exception(failure);
}

}  // namespace teranga::datasets
