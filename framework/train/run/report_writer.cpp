// SPDX-License-Identifier: Apache-2.0
#include "run/report_writer.hpp"

#include "run/line_file.hpp"

#include <teranga/core/log.hpp>
#include <teranga/report/page.hpp>

#include <chrono>
#include <exception>
#include <utility>

#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace teranga::train {

void ReportWriter::epoch_ended() noexcept {
  try {
    {
      const std::lock_guard lock(mutex_);
      wanted_ = true;
    }
    if (thread_.joinable()) changed_.notify_one();
    else thread_ = std::thread([this] { work(); });
  } catch (const std::exception&) {  // no thread: the last page comes all the same
  }
}

void ReportWriter::finish() noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(ended_, true)) return;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
  draw();
}

void ReportWriter::work() noexcept {
  using Clock = std::chrono::steady_clock;
  pthread_setname_np(pthread_self(), "teranga-report");
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);  // of this thread alone
  std::unique_lock lock(mutex_);
  while (!ended_) {
    changed_.wait(lock, [this] { return wanted_ || ended_; });
    if (ended_) return;
    wanted_ = false;
    lock.unlock();
    const auto began = Clock::now();
    draw();
    const auto rest = std::max<Clock::duration>(std::chrono::seconds(1), 50 * (Clock::now() - began));
    lock.lock();
    changed_.wait_for(lock, rest, [this] { return ended_; });
  }
}

void ReportWriter::moved_to(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  folder_ = folder;
}

// By one thread at a time.
void ReportWriter::draw() noexcept {
  try {
    try {
      const std::string folder = [this] {
        const std::lock_guard lock(mutex_);
        return folder_;
      }();
      replace_file(folder + "/report.html", report::page({report::read_run(folder)}));
    } catch (const std::exception& error) {
      if (!std::exchange(warned_, true)) log::warning(fmt::format("report.html cannot be written: {}; the training goes on without it", error.what()));
    }
  } catch (...) {  // no memory for the warning
  }
}

}  // namespace teranga::train
