// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"

#include <teranga/core/error.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace teranga::launcher {
namespace {

constexpr int passed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1, SIGUSR2};

sigset_t passed_signals() {
  sigset_t out;
  sigemptyset(&out);
  for (const int signal : passed_on) sigaddset(&out, signal);
  return out;
}

// While it lives, these signals and the end of a child wait until they are asked for.
class HeldSignals {
 public:
  HeldSignals() : held_(passed_signals()) {
    sigaddset(&held_, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &held_, &before_);
  }
  ~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  // That of a child, which is to hear them even where they wait here for the next one.
  sigset_t mask_of_child() const noexcept {
    sigset_t out = before_;
    for (const int signal : passed_on) sigdelset(&out, signal);
    return out;
  }
  int next() const {
    int signal = 0;
    while (sigwait(&held_, &signal) != 0) {}
    return signal;
  }

 private:
  sigset_t held_{}, before_{};
};

// In the child, between fork and exec: nothing here may take memory.
[[noreturn]] void become(char* const* arguments, int log, int nothing, const sigset_t& mask, pid_t parent) {
  setpgid(0, 0);                       // what the terminal sends comes once, from the parent
  prctl(PR_SET_PDEATHSIG, SIGTERM);    // also where the parent was killed
  if (getppid() != parent) _exit(127);
  dup2(nothing, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  execvp(arguments[0], arguments);
  dprintf(STDERR_FILENO, "%s cannot be started: %s\n", arguments[0], strerror(errno));
  _exit(cannot_be_started);
}

pid_t started(const std::vector<std::string>& words, const std::string& log, const sigset_t& mask) {
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666), nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (out < 0 || nothing < 0) throw Error(ExitCode::failure, fmt::format("{} cannot be written: {}", log, std::strerror(errno)));
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid(), child = fork();
  if (child == 0) become(arguments.data(), out, nothing, mask, parent);
  const int error = errno;
  ::close(out);
  ::close(nothing);
  if (child < 0) throw Error(ExitCode::failure, fmt::format("{} cannot be started: {}", words[0], std::strerror(error)));
  return child;
}

}  // namespace

WaitingSignals::WaitingSignals() {
  const sigset_t passed = passed_signals();
  pthread_sigmask(SIG_BLOCK, &passed, &before_);
}

WaitingSignals::~WaitingSignals() {
  const sigset_t passed = passed_signals();
  const timespec no_time{};
  while (sigtimedwait(&passed, nullptr, &no_time) > 0) {}
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

ChildEnd run_child(const std::vector<std::string>& words, const std::string& log) {
  const HeldSignals signals;
  const pid_t child = started(words, log, signals.mask_of_child());
  ChildEnd end;
  for (;;) {
    const int signal = signals.next();
    if (signal != SIGCHLD) {
      ::kill(child, signal);
      end.interrupted |= signal != SIGUSR1;
      continue;
    }
    int status = 0;
    if (waitpid(child, &status, WNOHANG) != child) continue;
    end.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return end;
  }
}

}  // namespace teranga::launcher
