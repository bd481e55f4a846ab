// SPDX-License-Identifier: Apache-2.0
#include "reader_process.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include <teranga/core/error.hpp>

extern char** environ;

namespace teranga::h5 {
namespace {

namespace fs = std::filesystem;

constexpr const char* program = "libexec/teranga/teranga-read-hdf5";

std::string own_tree() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path().parent_path().string();
}

// Beside the binary or the plugin that this code is part of: both lie in one tree.
std::string find_program() {
  std::vector<fs::path> homes;
  Dl_info self;
  if (::dladdr(reinterpret_cast<const void*>(&find_program), &self) != 0 && self.dli_fname != nullptr && std::strchr(self.dli_fname, '/') != nullptr)
    homes.push_back(fs::path(self.dli_fname).parent_path());
  std::error_code error;
  if (const fs::path binary = fs::read_symlink("/proc/self/exe", error); !error) homes.push_back(binary.parent_path());
  for (const fs::path& home : homes)
    for (const char* up : {"..", "../../.."}) {
      const fs::path path = home / up / program;
      if (::access(path.c_str(), X_OK) == 0) return path.string();
    }
  throw Error(ExitCode::failure, fmt::format("HDF5 files are read by the program {}, which is not in {}", program, own_tree()), whole_tree());
}

}  // namespace

std::string whole_tree() { return fmt::format("install the whole tree: cmake --install build/release --prefix '{}'", own_tree()); }

namespace {

// An own copy of a descriptor that is none of the first three.
class Descriptor {
 public:
  explicit Descriptor(int from) : id_(::fcntl(from, F_DUPFD_CLOEXEC, 3)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (id_ >= 0) ::close(id_);
  }
  int id() const noexcept { return id_; }

 private:
  int id_;
};

// Of the signals, only those that report a fault of its own or its time limit reach the process: what is sent to a whole job is for its parent, which
// ends it by closing the socket.
sigset_t all_but_faults() {
  sigset_t set;
  sigfillset(&set);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP, SIGPROF}) sigdelset(&set, fault);
  return set;
}

int spawn(const std::string& path, int socket, int file, pid_t* process) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (const int code = ::posix_spawn_file_actions_init(&actions); code != 0) return code;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&actions, socket, 0);
  ::posix_spawn_file_actions_adddup2(&actions, file, 1);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);  // what the C library says of a broken heap is for nobody
  const sigset_t mask = all_but_faults();
  sigset_t faults;
  sigfillset(&faults);
  ::posix_spawnattr_setsigmask(&attributes, &mask);
  ::posix_spawnattr_setsigdefault(&attributes, &faults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  char* const arguments[] = {const_cast<char*>("teranga-read-hdf5"), nullptr};
  const int code = ::posix_spawn(process, path.c_str(), &actions, &attributes, arguments, environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return code;
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF) return "its structure has no end that is found in the time that a file of its size may take";
  if (WIFSIGNALED(status)) return fmt::format("libhdf5 ended with signal {} ({}) while it read it", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
  return fmt::format("libhdf5 ended the process that read it (exit code {})", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

}  // namespace

ReaderProcess::ReaderProcess(int descriptor, std::uint64_t bytes, const std::string& who)
    : who_(who), most_answer_((std::uint64_t{1} << 20) + (bytes > UINT64_MAX / 64 ? UINT64_MAX / 2 : 32 * bytes)) {
  const std::string path = find_program();
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    throw Error(ExitCode::failure, fmt::format("{}: no socket for the process that reads it: {}", who_, std::strerror(errno)));
  socket_ = pair[0];
  int code = 0;
  {
    const Descriptor theirs(pair[1]), file(descriptor);
    code = theirs.id() < 0 || file.id() < 0 ? errno : spawn(path, theirs.id(), file.id(), &process_);
  }
  ::close(pair[1]);
  if (code != 0) {
    ::close(socket_);
    throw Error(ExitCode::failure, fmt::format("{}: cannot start {}, which reads it: {}", who_, path, std::strerror(code)));
  }
}

ReaderProcess::~ReaderProcess() {
  if (socket_ >= 0) ::close(socket_);
  if (process_ > 0) {
    ::kill(process_, SIGKILL);  // it has nothing to put in order
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

void ReaderProcess::ended() {
  int status = 0;
  if (process_ > 0) {
    ::shutdown(socket_, SHUT_RDWR);
    ::kill(process_, SIGKILL);  // no matter where it ended already
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  process_ = 0;
  throw Error(ExitCode::data, fmt::format("{}: damaged: {}", who_, how_it_ended(status)), "fetch or make the file again");
}

void ReaderProcess::receive(void* to, std::size_t bytes) {
  auto* at = static_cast<char*>(to);
  while (bytes > 0) {
    const ssize_t got = ::recv(socket_, at, bytes, MSG_WAITALL);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) ended();
    at += got;
    bytes -= static_cast<std::size_t>(got);
  }
}

void ReaderProcess::throw_answered(const std::string& answer) const {
  PacketReader reader(answer);
  const auto code = reader.get<std::int32_t>();
  const std::string message = reader.text();
  throw Error(static_cast<ExitCode>(code), message, reader.text());
}

std::string ReaderProcess::ask(const Packet& question, void* to, std::size_t bytes) {
  if (process_ <= 0) throw Error(ExitCode::data, fmt::format("{}: damaged: libhdf5 could not read it before", who_));
  const FrameHead asked{FrameKind::answer, 0, question.bytes().size()};
  std::string sent(reinterpret_cast<const char*>(&asked), sizeof asked);
  sent += question.bytes();
  for (std::size_t done = 0; done < sent.size();) {
    const ssize_t got = ::send(socket_, sent.data() + done, sent.size() - done, MSG_NOSIGNAL);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) ended();
    done += static_cast<std::size_t>(got);
  }
  std::size_t received = 0;
  for (;;) {
    FrameHead head{};
    receive(&head, sizeof head);
    if (head.kind == FrameKind::numbers && head.bytes <= bytes - received) {
      receive(static_cast<char*>(to) + received, head.bytes);
      received += head.bytes;
      continue;
    }
    if ((head.kind != FrameKind::answer && head.kind != FrameKind::error) || head.bytes > most_answer_) ended();
    std::string answer(head.bytes, '\0');
    receive(answer.data(), answer.size());
    try {
      if (head.kind == FrameKind::error) throw_answered(answer);
    } catch (const std::out_of_range&) {
      ended();
    }
    if (received != bytes) ended();
    return answer;
  }
}

}  // namespace teranga::h5
