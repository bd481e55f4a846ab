// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/exit_guard.hpp>

#include <teranga/core/activity.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/terminal.hpp>
#include <teranga/host/breadcrumb.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace teranga::host {
namespace {

std::atomic<int> guards{0};
std::atomic<pid_t> guarded{0};  // the process

std::atomic<bool> judged{false};

// Another thread ends the process. Destructors that run meanwhile would take away what others use.
[[noreturn]] void wait_for_end() noexcept {
  for (;;) ::pause();
}

// On the thread that called exit(), which has its breadcrumb still.
void judge(int status) noexcept {
  if (::getpid() != guarded) return;  // a child of fork() may exit
  if (judged) wait_for_end();
  if (guards <= 0) return;
  const std::string call = Breadcrumb::running_call();
  if (call.empty() && status != 0) return;
  if (judged.exchange(true)) wait_for_end();
  guards = 0;
  const ExitCode code = call.empty() ? ExitCode::failure : ExitCode::plugin;
  try {
    log::error(fmt::format("exit({}) was called {}, and would have ended the process in the middle of its work; exit code {} follows", status, call.empty() ? "outside of the calls of plugins" : call, static_cast<int>(code)));
  } catch (...) {  // no memory for the message
  }
  terminal::settle(std::chrono::seconds(2));
  for (;;) ::syscall(SYS_exit_group, static_cast<int>(code));
}

// Whether a function that ends the process was called by a plugin, or by what it uses, where nothing else can have called it.
bool is_of_plugin(int status) noexcept {
  if (::getpid() != guarded) return false;
  if (judged) wait_for_end();
  if (guards <= 0) return false;
  const activity::ThreadPlace* const place = activity::detail::own_place;
  return (place && place->item.load(std::memory_order_relaxed)) || status == 0;
}

using Ending = void (*)(int);

// The function of that name that would be called without the one here.
[[noreturn]] void end_by_library(const char* name, int status) noexcept {
  if (const auto next = reinterpret_cast<Ending>(::dlsym(RTLD_NEXT, name))) next(status);
  for (;;) ::syscall(SYS_exit_group, status);
}

}  // namespace

ExitGuard::ExitGuard() noexcept {
  ++guards;
  guarded = ::getpid();
  Breadcrumb::threads_work_for_this_one();
  ::on_exit([](int status, void*) { judge(status); }, nullptr);
  std::at_quick_exit([] { judge(0); });
}

ExitGuard::~ExitGuard() { --guards; }

void ExitGuard::disarm() noexcept { guards = -1000; }

}  // namespace teranga::host

// The program's own functions stand before those of the C library: what a plugin calls ends here first, before the destructors of statics run, which other threads still use. _exit() and quick_exit()
// run no handler of exit() at all.
extern "C" {
[[noreturn]] __attribute__((visibility("default"))) void exit(int status) noexcept {
  if (teranga::host::is_of_plugin(status == 0 ? 1 : status)) teranga::host::judge(status);
  teranga::host::end_by_library("exit", status);
}
[[noreturn]] __attribute__((visibility("default"))) void quick_exit(int status) noexcept {
  if (teranga::host::is_of_plugin(status)) teranga::host::judge(status);
  teranga::host::end_by_library("quick_exit", status);
}
[[noreturn]] __attribute__((visibility("default"))) void _exit(int status) {
  if (teranga::host::is_of_plugin(status)) teranga::host::judge(status);
  for (;;) ::syscall(SYS_exit_group, status);
}
[[noreturn]] __attribute__((visibility("default"))) void _Exit(int status) noexcept { _exit(status); }
}
