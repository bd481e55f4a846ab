// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/breadcrumb.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

namespace teranga::host {

thread_local Breadcrumb::Crumb Breadcrumb::current_{nullptr, nullptr, nullptr};

namespace {

std::atomic<std::int64_t> current_step{0};
int crash_rank = 0;

// Only what is safe inside a signal handler: no allocation, no locks.
class SafeLine {
 public:
  SafeLine& operator<<(const char* text) noexcept {
    while (text && *text && length_ < sizeof(bytes_)) bytes_[length_++] = *text++;
    return *this;
  }
  SafeLine& operator<<(std::int64_t number) noexcept {
    char digits[24];
    int n = 0;
    do digits[n++] = static_cast<char>('0' + number % 10);
    while ((number /= 10) > 0);
    while (n > 0 && length_ < sizeof(bytes_)) bytes_[length_++] = digits[--n];
    return *this;
  }
  void write() const noexcept {
    std::size_t done = 0;
    while (done < length_) {
      const ssize_t n = ::write(STDERR_FILENO, bytes_ + done, length_ - done);
      if (n <= 0) return;
      done += static_cast<std::size_t>(n);
    }
  }

 private:
  char bytes_[1024];
  std::size_t length_ = 0;
};

}  // namespace

void write_crash_report(int signal) noexcept {
  const auto& crumb = Breadcrumb::current_;
  SafeLine line;
  line << "teranga: rank " << crash_rank << " crashed with signal " << signal << " at step " << current_step.load(std::memory_order_relaxed);
  if (crumb.item) line << ", inside the plugin " << crumb.item << " (layer " << (crumb.layer ? crumb.layer : "-") << ", call " << crumb.call << ")";
  if (signal == SIGBUS) line << ": memory was not there: a file became shorter while it was read, or memory ran out";
  line << "\n";
  line.write();
}

namespace {

void on_crash(int signal) {
  write_crash_report(signal);
  ::raise(signal);  // SA_RESETHAND has put the default action back: a core file, a proper exit status
}

}  // namespace

Breadcrumb::Breadcrumb(const char* item, const char* layer, const char* call) noexcept : before_(current_) { current_ = {item, layer, call}; }
Breadcrumb::~Breadcrumb() { current_ = before_; }

std::string Breadcrumb::owner() {
  if (!current_.item) return {};
  constexpr std::string_view own = "teranga.";
  std::string_view item = current_.item;
  if (item.starts_with(own)) item.remove_prefix(own.size());
  return current_.layer ? fmt::format("{} (layer {}): ", item, current_.layer) : fmt::format("{}: ", item);
}

bool Breadcrumb::alike_on_all_ranks() noexcept {
  constexpr std::string_view calls[] = {"create", "open", "fit", "restore", "plan"};
  return current_.call && std::ranges::find(calls, std::string_view(current_.call)) != std::end(calls);
}

void Breadcrumb::set_step(std::int64_t step) noexcept { current_step.store(step, std::memory_order_relaxed); }

void report_crashes(int rank) noexcept {
  crash_rank = rank;
  static char stack[16384];  // the crash may be a stack overflow
  stack_t alternative{};
  alternative.ss_sp = stack;
  alternative.ss_size = sizeof(stack);
  sigaltstack(&alternative, nullptr);
  struct sigaction action {};
  action.sa_handler = on_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_ONSTACK | SA_NODEFER);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) sigaction(signal, &action, nullptr);
}

}  // namespace teranga::host
