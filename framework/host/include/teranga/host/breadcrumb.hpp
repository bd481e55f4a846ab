// SPDX-License-Identifier: Apache-2.0
// Who is running on this thread: set around every call into a plugin, so that a crash, a log line, an error and the report of a stall name their owner.
#pragma once

#include <cstdint>
#include <string>

#include <teranga/core/activity.hpp>

namespace teranga::host {

class Breadcrumb {
 public:
  // Both texts must outlive it. `call` is "forward", "plan", ...
  Breadcrumb(const char* item, const char* layer, const char* call) noexcept;
  ~Breadcrumb();
  Breadcrumb(const Breadcrumb&) = delete;
  Breadcrumb& operator=(const Breadcrumb&) = delete;

  // For people: "dense (layer dense_1): ", or "" outside of any call.
  static std::string owner();
  // For people: "within the plugin dense (layer dense_1, call forward) at step 7", or "" outside of any call. A thread without a call works for the one that was named last by
  // threads_work_for_this_one(), if any.
  static std::string running_call();
  static void threads_work_for_this_one() noexcept;
  // Whether every rank makes this call, and of the same: what is opened, learnt and planned is that of the recipe and of all samples, what is filled and computed
  // is the rank's own.
  static bool alike_on_all_ranks() noexcept;
  static void set_step(std::int64_t step) noexcept;

 private:
  static const activity::ThreadPlace* leader_;

  activity::ThreadPlace& place_;  // where the watchdog sees it, too
  const char *item_, *layer_, *call_;  // of before
};

// From now on a crash (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT) of any thread prints the breadcrumb of the thread and its stack before it takes its course. Of threads that crash at
// the same time the first one speaks.
// `named`: "rank 3 on node2"; empty before it is known, and of a process by itself.
void report_crashes(const std::string& named) noexcept;

}  // namespace teranga::host
