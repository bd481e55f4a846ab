// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/exit_guard.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/terminal.hpp>
#include <teranga/host/breadcrumb.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

namespace teranga::host {
namespace {

std::atomic<int> guards{0};
std::atomic<pid_t> guarded{0};  // the process

// On the thread that called exit(), which has its breadcrumb still.
void judge(int status) noexcept {
  if (guards <= 0 || ::getpid() != guarded) return;  // a child of fork() may exit
  const std::string call = Breadcrumb::running_call();
  if (call.empty() && status != 0) return;
  guards = 0;
  const ExitCode code = call.empty() ? ExitCode::failure : ExitCode::plugin;
  try {
    log::error(fmt::format("exit({}) was called {}, and would have ended the process in the middle of its work; exit code {} follows", status, call.empty() ? "outside of the calls of plugins" : call, static_cast<int>(code)));
  } catch (...) {  // no memory for the message
  }
  terminal::settle(std::chrono::seconds(2));
  _exit(static_cast<int>(code));
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
