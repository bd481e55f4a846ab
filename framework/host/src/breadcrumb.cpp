// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/breadcrumb.hpp>

#include <teranga/core/sole_report.hpp>
#include <teranga/core/terminal.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

namespace teranga::host {

const activity::ThreadPlace* Breadcrumb::leader_ = nullptr;

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

std::atomic<std::int64_t> current_step{0};
char crash_rank[300] = "rank 0";

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
  const activity::ThreadPlace* const place = activity::detail::own_place;
  SafeLine line;
  line << "teranga: " << crash_rank << " crashed with signal " << signal << " at step " << current_step.load(std::memory_order_relaxed);
  if (const char* const item = place ? place->item.load(relaxed) : nullptr) {
    const char* const layer = place->layer.load(relaxed);
    line << ", inside the plugin " << item << " (layer " << (layer ? layer : "-") << ", call " << place->call.load(relaxed) << ")";
  }
  if (signal == SIGBUS) line << ": memory was not there: a file became shorter while it was read, or memory ran out";
  line << "\n";
  line.write();
}

namespace {

void on_crash(int signal) {
  terminal::settle(std::chrono::milliseconds(200));  // what was said before
  std::signal(SIGALRM, SIG_DFL);
  alarm(2);  // where standard error takes no more
  if (may_report()) write_crash_report(signal);
  ::raise(signal);  // SA_RESETHAND has put the default action back: a core file, a proper exit status
}

}  // namespace

Breadcrumb::Breadcrumb(const char* item, const char* layer, const char* call) noexcept : place_(activity::this_thread()), item_(place_.item.load(relaxed)), layer_(place_.layer.load(relaxed)), call_(place_.call.load(relaxed)) {
  place_.item.store(item, relaxed);
  place_.layer.store(layer, relaxed);
  place_.call.store(call, relaxed);
  place_.calls.store(place_.calls.load(relaxed) + 1, relaxed);
}

Breadcrumb::~Breadcrumb() {
  place_.item.store(item_, relaxed);
  place_.layer.store(layer_, relaxed);
  place_.call.store(call_, relaxed);
}

std::string Breadcrumb::owner() {
  const activity::ThreadPlace& place = activity::this_thread();
  const char *const text = place.item.load(relaxed), *const layer = place.layer.load(relaxed);
  if (!text) return {};
  constexpr std::string_view own = "teranga.";
  std::string_view item = text;
  if (item.starts_with(own)) item.remove_prefix(own.size());
  return layer ? fmt::format("{} (layer {}): ", item, layer) : fmt::format("{}: ", item);
}

void Breadcrumb::threads_work_for_this_one() noexcept { leader_ = &activity::this_thread(); }

std::string Breadcrumb::running_call() {
  const activity::ThreadPlace* place = &activity::this_thread();
  if (!place->item.load(relaxed) && leader_) place = leader_;
  const char *const item = place->item.load(relaxed), *const layer = place->layer.load(relaxed);
  if (!item) return {};
  return fmt::format("within the plugin {} ({}call {}) at step {}", item, layer ? fmt::format("layer {}, ", layer) : "", place->call.load(relaxed), current_step.load(relaxed));
}

bool Breadcrumb::alike_on_all_ranks() noexcept {
  constexpr std::string_view calls[] = {"create", "open", "fit", "restore", "plan"};
  const char* const call = activity::this_thread().call.load(relaxed);
  return call && std::ranges::find(calls, std::string_view(call)) != std::end(calls);
}

void Breadcrumb::set_step(std::int64_t step) noexcept { current_step.store(step, std::memory_order_relaxed); }

void report_crashes(const std::string& named) noexcept {
  crash_rank[named.copy(crash_rank, sizeof(crash_rank) - 1)] = '\0';
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
