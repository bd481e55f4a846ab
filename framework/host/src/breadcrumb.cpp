// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/breadcrumb.hpp>

#include <teranga/host/undeclared_memory.hpp>

#include <teranga/core/alternative_stack.hpp>
#include <teranga/core/sole_report.hpp>
#include <teranga/core/terminal.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iterator>
#include <string_view>

#include <execinfo.h>
#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

namespace teranga::host {

const activity::ThreadPlace* Breadcrumb::leader_ = nullptr;

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

constexpr int most_told = 4, most_frames = 48;

std::atomic<std::int64_t> current_step{0};
std::atomic<bool> in_steps{false};
char crash_rank[300] = "";

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

// The calls into plugins that other threads are in.
void add_other_threads(SafeLine& line, const activity::ThreadPlace* own) noexcept {
  int told = 0;
  for (const activity::ThreadPlace& place : activity::threads()) {
    const char* const item = place.item.load(relaxed);
    if (&place == own || !item || ++told > most_told) continue;
    line << (told == 1 ? "; another thread is" : ", another") << " inside the plugin " << item << " (call " << place.call.load(relaxed) << ")";
  }
}

}  // namespace

void write_crash_report(int signal, const void* address) noexcept {
  const activity::ThreadPlace* const place = activity::detail::own_place;
  SafeLine line;
  line << "teranga: " << (crash_rank[0] ? crash_rank : "this process") << " crashed with signal " << signal;
  if (in_steps.load(relaxed)) line << " at step " << current_step.load(relaxed);
  if (const char* const item = place ? place->item.load(relaxed) : nullptr) {
    const char* const layer = place->layer.load(relaxed);
    line << ", inside the plugin " << item << " (";
    if (layer) line << "layer " << layer << ", ";
    line << "call " << place->call.load(relaxed) << ")";
  } else {
    add_other_threads(line, place);
  }
  if (signal == SIGBUS) line << ": memory was not there: a file became shorter while it was read, or memory ran out";
  if (signal == SIGSEGV && is_undeclared(address)) line << ": the call reads an input or an output that the plan does not declare with TRG_READ_IN_BACKWARD";
  line << "\n";
  line.write();
}

namespace {

// Where the crash happened: files and addresses, as addr2line takes them. Looking them up may wait for a lock of the loader, or crash: whoever calls has said before what matters most.
void write_stack() noexcept {
  static void* frames[most_frames];
  const int count = ::backtrace(frames, most_frames);
  (SafeLine() << "stack, the latest call first (addr2line -Cfipe FILE +OFFSET gives a line of the source):\n").write();
  ::backtrace_symbols_fd(frames, count, STDERR_FILENO);
}

std::atomic<int> crashing_thread{0};
std::atomic<int> crash_signal{0};

// Ends the process as the signal would have.
void end_by(int signal) noexcept {
  std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(signal);
}

void on_time_out(int) { end_by(crash_signal); }

void on_crash(int signal, siginfo_t* info, void*) {
  int nobody = 0;
  const int self = ::gettid();
  if (!crashing_thread.compare_exchange_strong(nobody, self)) {
    if (crashing_thread == self) return end_by(crash_signal);  // the report itself has crashed
    for (;;) ::pause();                                        // the first one speaks, and ends the process
  }
  crash_signal = signal;
  terminal::settle(std::chrono::milliseconds(200));  // what was said before
  std::signal(SIGALRM, on_time_out);
  alarm(2);  // where standard error takes no more
  if (may_report()) {
    write_crash_report(signal, info ? info->si_addr : nullptr);
    write_stack();
  }
  end_by(signal);  // a core file, a proper exit status
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

void Breadcrumb::set_step(std::int64_t step) noexcept {
  current_step.store(step, relaxed);
  in_steps.store(true, relaxed);
}

void report_crashes(const std::string& named) noexcept {
  crash_rank[named.copy(crash_rank, sizeof(crash_rank) - 1)] = '\0';
  use_alternative_stack();
  void* ignored[2];
  ::backtrace(ignored, 2);  // loads its library, which it must not do within a crash
  struct sigaction action {};
  action.sa_sigaction = on_crash;
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_NODEFER | SA_SIGINFO);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) sigaction(signal, &action, nullptr);
}

}  // namespace teranga::host
