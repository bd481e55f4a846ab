// SPDX-License-Identifier: Apache-2.0
// By posix_spawn, which copies no memory: a process of MPI must not fork.
#include "program_output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace teranga::checkpoint {
namespace {

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

// The process, or -1.
pid_t spawn(const std::vector<std::string>& words, const Pipe& text, const Pipe& errors) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (::posix_spawn_file_actions_init(&actions) != 0) return -1;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, text.ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors.ends[1], STDERR_FILENO);
  sigset_t none, pipe;
  sigemptyset(&none);
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &pipe);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t child = -1;
  if (::posix_spawnp(&child, arguments[0], &actions, &attributes, arguments.data(), environment().data()) != 0) child = -1;
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return child;
}

// Reads what is there; closes the end where nothing more will come.
void take(int& end, std::string& into) {
  std::array<char, 4096> bytes;
  const ssize_t got = ::read(end, bytes.data(), bytes.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0) return Pipe::close(end);
  into.append(bytes.data(), std::min(static_cast<std::size_t>(got), most_of_output - into.size()));
}

}  // namespace

ProgramOutput output_of(const std::vector<std::string>& words, double seconds) {
  using Clock = std::chrono::steady_clock;
  ProgramOutput out;
  Pipe text, errors;
  if (!text.is_open() || !errors.is_open()) return out;
  const pid_t child = spawn(words, text, errors);
  if (child < 0) return out;
  Pipe::close(text.ends[1]);
  Pipe::close(errors.ends[1]);
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  bool late = false;
  while (!late && (text.ends[0] >= 0 || errors.ends[0] >= 0)) {
    pollfd both[2] = {{text.ends[0], POLLIN, 0}, {errors.ends[0], POLLIN, 0}};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    late = left <= 0 || ::poll(both, 2, static_cast<int>(left)) == 0;
    if (both[0].revents != 0) take(text.ends[0], out.text);
    if (both[1].revents != 0) take(errors.ends[0], out.errors);
  }
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    late = late || Clock::now() >= end;
    if (late) ::kill(child, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  out.code = !late && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (out.code == 127 && out.text.empty()) out.code = -1;
  return out;
}

}  // namespace teranga::checkpoint
