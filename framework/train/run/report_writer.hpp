// SPDX-License-Identifier: Apache-2.0
// Keeps report.html in the run folder up to date, by a thread of its own and of low priority: a training never waits for it, and no failure of it ends one. It draws
// from the files in the run folder alone. Rank 0 alone has one.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace teranga::train {

class ReportWriter {
 public:
  explicit ReportWriter(std::string folder) : folder_(std::move(folder)) {}
  ~ReportWriter() { finish(); }
  ReportWriter(const ReportWriter&) = delete;
  ReportWriter& operator=(const ReportWriter&) = delete;

  // An epoch has ended: the page is drawn soon, at the latest with that of an epoch after it. Drawing takes a fiftieth of the time at most.
  void epoch_ended() noexcept;
  // The last page, drawn before it returns.
  void finish() noexcept;
  void moved_to(const std::string& folder);

 private:
  void work() noexcept;
  void draw() noexcept;

  std::string folder_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = false, ended_ = false;  // under the mutex
  bool warned_ = false;
};

}  // namespace teranga::train
