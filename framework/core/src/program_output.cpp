// SPDX-License-Identifier: Apache-2.0
// By posix_spawn, which copies no memory: a process of MPI must not fork.
#include <teranga/core/program_output.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

extern char** environ;

namespace teranga {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_of_output = 64 << 10;

struct Pipe {
  int ends[2] = {-1, -1};

  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) ends[0] = ends[1] = -1;
  }
  ~Pipe() {
    for (int& end : ends) close(end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  bool is_open() const { return ends[0] >= 0; }
};

std::vector<char*> environment() {
  std::vector<char*> out;
  for (char** one = environ; *one; ++one)
    if (!std::string_view(*one).starts_with("SQUEUE_")) out.push_back(*one);
  out.push_back(nullptr);
  return out;
}

// The process, in a group of its own so that all of it can be killed; 0, or errno.
int spawn(const std::vector<std::string>& words, const Pipe& text, const Pipe& errors, pid_t& process) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, text.ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, errors.ends[1], STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  const int error = ::posix_spawnp(&process, arguments[0], &files, &attributes, arguments.data(), environment().data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  return error;
}

// Reads what is there; closes the end where nothing more will come.
void take(int& end, std::string& into) {
  std::array<char, 4096> bytes;
  const ssize_t got = ::read(end, bytes.data(), bytes.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0) return Pipe::close(end);
  into.append(bytes.data(), std::min(static_cast<std::size_t>(got), most_of_output - into.size()));
}

// Until both pipes are closed; false: the time is over, or `stops` is set.
bool read_all(Pipe& text, Pipe& errors, Clock::time_point end, const std::atomic<bool>* stops, ProgramOutput& out) {
  while (text.ends[0] >= 0 || errors.ends[0] >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0 || (stops && *stops)) return false;
    pollfd both[2] = {{text.ends[0], POLLIN, 0}, {errors.ends[0], POLLIN, 0}};
    if (::poll(both, 2, static_cast<int>(std::min<std::int64_t>(left, 50))) <= 0) continue;
    if (both[0].revents != 0) take(text.ends[0], out.text);
    if (both[1].revents != 0) take(errors.ends[0], out.errors);
  }
  return true;
}

// Whether the process has ended until then. A process that the kernel keeps is left to the kernel.
bool ended(pid_t process, Clock::time_point end, int& status) {
  for (;;) {
    const pid_t found = ::waitpid(process, &status, WNOHANG);
    if (found == process) return true;
    if (found < 0 && errno != EINTR) return status = 0, true;  // another part of this program has waited for it
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace

ProgramOutput output_of(const std::vector<std::string>& words, double seconds, const std::atomic<bool>* stops) {
  ProgramOutput out;
  const auto failed = [&](const std::string& reason) {
    out.failure = words[0] + " " + reason;
    return out;
  };
  Pipe text, errors;
  if (!text.is_open() || !errors.is_open()) return failed(fmt::format("cannot be started: {}", std::strerror(errno)));
  pid_t process = -1;
  if (const int error = spawn(words, text, errors, process); error != 0) return failed(fmt::format("cannot be started: {}", std::strerror(error)));
  Pipe::close(text.ends[1]);
  Pipe::close(errors.ends[1]);
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  int status = 0;
  if (!read_all(text, errors, end, stops, out) || !ended(process, end, status)) {
    ::kill(-process, SIGKILL);
    ended(process, Clock::now() + std::chrono::seconds(1), status);
    return failed(fmt::format("gave no answer within {:g} s", seconds));
  }
  if (WIFSIGNALED(status)) return failed(fmt::format("was ended by signal {}", WTERMSIG(status)));
  out.code = WEXITSTATUS(status);
  return out.code == 0 ? out : failed(fmt::format("ended with exit code {}", out.code));
}

}  // namespace teranga
