// SPDX-License-Identifier: Apache-2.0
#include <teranga/service/command_output.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
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
constexpr std::size_t most_bytes = std::size_t{1} << 16;

// The process, in a group of its own so that all of it can be killed; 0, or errno. It holds no file of this process, as MPI may be using them.
int start(const std::vector<std::string>& words, int output, pid_t& process) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  const int error = posix_spawnp(&process, arguments[0], &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

// Until the other end is closed; false: the time is over.
bool read_all(int input, Clock::time_point end, const std::atomic<bool>* stops, std::string& text) {
  char piece[4096];
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0 || (stops && *stops)) return false;
    pollfd look{input, POLLIN, 0};
    if (poll(&look, 1, static_cast<int>(std::min<std::int64_t>(left, 50))) <= 0) continue;
    const ssize_t got = read(input, piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    text.append(piece, std::min(static_cast<std::size_t>(got), most_bytes - text.size()));
  }
}

// Whether it has ended until then. A process that the kernel keeps is left to it.
bool ended(pid_t process, Clock::time_point end, int& status) {
  for (;;) {
    const pid_t found = waitpid(process, &status, WNOHANG);
    if (found == process) return true;
    if (found < 0 && errno != EINTR) return status = 0, true;  // somebody else of this process has waited for it
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

std::optional<std::string> command_output(const std::vector<std::string>& words, double seconds, std::string* why, const std::atomic<bool>* stops) {
  const auto failed = [&](const std::string& reason) {
    if (why) *why = words[0] + " " + reason;
    return std::nullopt;
  };
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failed(fmt::format("cannot be started: {}", std::strerror(errno)));
  pid_t process = 0;
  const int error = start(words, ends[1], process);
  close(ends[1]);
  std::string text;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  int status = 0;
  const bool whole = error == 0 && read_all(ends[0], end, stops, text) && ended(process, end, status);
  close(ends[0]);
  if (error != 0) return failed(fmt::format("cannot be started: {}", std::strerror(error)));
  if (!whole) {
    kill(-process, SIGKILL);
    ended(process, Clock::now() + std::chrono::seconds(1), status);
    return failed(fmt::format("gave no answer within {:g} s", seconds));
  }
  if (WIFSIGNALED(status)) return failed(fmt::format("was ended by signal {}", WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) return failed(fmt::format("ended with exit code {}", WEXITSTATUS(status)));
  return text;
}

}  // namespace teranga
