// SPDX-License-Identifier: Apache-2.0
#include "watched_process.hpp"

#include "result_lines.hpp"
#include "watched_page.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/temporary_folder.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <typeinfo>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace teranga::conformance {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* uncaught = "an exception that nobody caught";
constexpr int most_output = 64 << 20;  // bytes of a file that the work writes

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool limits_memory = false;  // a sanitizer reserves far more than it uses
#else
constexpr bool limits_memory = true;
#endif

// Bytes that this process has, of addresses and of memory of its own.
std::pair<std::uint64_t, std::uint64_t> memory_now() {
  std::uint64_t all = 0, resident = 0, shared = 0, text = 0, library = 0, data = 0;
  std::ifstream("/proc/self/statm") >> all >> resident >> shared >> text >> library >> data;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return {all * page, data * page};
}

void limit(decltype(RLIMIT_AS) what, std::uint64_t most) {
  rlimit now{};
  if (::getrlimit(what, &now) != 0) return;
  now.rlim_cur = std::min<rlim_t>(most, now.rlim_max);
  ::setrlimit(what, &now);
}

[[noreturn]] void say_what_was_thrown() {
  std::string text = uncaught;
  if (const std::exception_ptr thrown = std::current_exception()) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& failure) {
      text += fmt::format(": {}", failure.what());
    } catch (...) {  // no more is known of it
    }
    leave_last_words(text);
  }
  std::abort();
}

// The process of the work itself.
[[noreturn]] void become_the_work(const WatchedWork& work, const ProcessLimits& limits, const std::string& folder, int results, const sigset_t& mask, pid_t watcher) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != watcher) ::_exit(1);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTERM, SIGINT, SIGPIPE, SIGALRM}) ::signal(signal, SIG_DFL);
  ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  const int output = ::open((folder + "/output").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  const std::string own = folder + "/work";
  if (::mkdir(own.c_str(), 0700) != 0 || ::chdir(own.c_str()) != 0) ::_exit(1);
  ::setenv("TMPDIR", own.c_str(), 1);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, most_output);
  if (limits_memory) {
    const auto [addresses, own_memory] = memory_now();
    limit(RLIMIT_AS, addresses + limits.memory);
    limit(RLIMIT_DATA, own_memory + limits.memory);
  }
  std::set_terminate(say_what_was_thrown);
  try {
    work.run(results);
  } catch (...) {
    std::terminate();
  }
  ::_exit(0);
}

// What the process wrote at last.
std::string last_lines(const std::string& folder) {
  std::ifstream file(folder + "/output", std::ios::binary);
  constexpr std::streamoff most = 600;
  file.seekg(0, std::ios::end);
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - most));
  std::ostringstream text;
  text << file.rdbuf();
  std::string out = text.str();
  if (size > most) out.erase(0, out.find('\n') + 1);
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string running_calls(const WatchedPage& page) {
  std::string names;
  for (const auto& call : page.calls) {
    const std::string name(call);
    if (!name.empty() && (", " + names + ",").find(", " + name + ",") == std::string::npos) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

// "within its call forward" or "outside of its calls".
std::string within(const std::string& calls) { return calls.empty() ? "outside of its calls" : fmt::format("within its call {}", calls); }

class Watcher {
 public:
  Watcher(const WatchedWork& work, const ProcessLimits& limits, int results) : work_(work), limits_(limits), results_(results) {
    page_ = static_cast<WatchedPage*>(::mmap(nullptr, sizeof(WatchedPage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    if (page_ == MAP_FAILED) page_ = nullptr;
    if (page_) watch_calls_on(page_);
    sigemptyset(&watched_);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&watched_, signal);
    ::pthread_sigmask(SIG_BLOCK, &watched_, &before_);
  }

  void run() {
    const pid_t self = ::getpid();
    child_ = ::fork();
    if (child_ == 0) become_the_work(work_, limits_, folder_.path(), results_, before_, self);
    if (child_ < 0) return tell("calls/exit", fmt::format("no process could be made: {}", std::strerror(errno)), "");
    const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(limits_.seconds));
    std::optional<int> status;
    bool in_time = true;
    while (!status) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      if (left.count() <= 0) {
        in_time = false;
        break;
      }
      const timespec wait{left.count() / 1000, left.count() % 1000 * 1'000'000};
      const int signal = sigtimedwait(&watched_, nullptr, &wait);
      if (signal > 0 && signal != SIGCHLD) break;  // this process is to end
      int ended = 0;
      while (const pid_t pid = ::waitpid(-1, &ended, WNOHANG)) {
        if (pid < 0) break;
        if (pid == child_) status = ended;
      }
    }
    const std::string calls = page_ ? running_calls(*page_) : "";
    const std::size_t left_behind = end_all(status.has_value());
    write_line(results_, {""});  // the work may have ended within a line
    if (!in_time) tell_time(calls);
    if (status) tell_end(*status, calls);
    if (page_ && page_->refused_bytes > 0) tell_memory();
    if (in_time && status && left_behind > 0)
      write_finding(results_, {Severity::warning, "calls/processes", work_.item, fmt::format("left {} running", left_behind == 1 ? "a process" : fmt::format("{} processes", left_behind)), place(), "start no processes: a cluster's scheduler does not know of them"});
  }

 private:
  std::string place() const { return page_ ? std::string(page_->place) : std::string(); }

  void tell(const char* rule, std::string text, std::string mend) { write_finding(results_, {Severity::error, rule, work_.item, std::move(text), place(), std::move(mend)}); }

  void tell_time(const std::string& calls) {
    tell("calls/time", fmt::format("did not come back within {:g} s, {}", limits_.seconds, within(calls)), "look for a loop without an end or a lock that is never free; where the work is only long, raise --time-limit");
  }

  void tell_end(int status, const std::string& calls) {
    const std::string words = page_ ? std::string(page_->last_words) : std::string();
    const std::string wrote = last_lines(folder_.path());
    const std::string said = wrote.empty() ? "" : fmt::format("; before that the process wrote: {}", wrote);
    if (WIFSIGNALED(status)) {
      const int signal = WTERMSIG(status);
      if (words.starts_with(uncaught)) return tell("calls/exception", fmt::format("{} ended the process {}", words, within(calls)), "catch all exceptions within the plugin and report them by the error record; sdk's C++ layer does so, but not on threads of your own");
      if (signal == SIGKILL) return tell("calls/memory", fmt::format("was ended from outside {}, perhaps because the memory of the machine ran out", within(calls)), "try it with --threads 1, or with a smaller --memory-limit");
      if (signal == SIGXFSZ) return tell("calls/crash", fmt::format("wrote a file that is too long {}", within(calls)), "a plugin writes no large files within a check");
      const char* const name = ::strsignal(signal);
      const std::string touched = page_ && page_->touched[0] ? fmt::format(": {}", page_->touched) : std::string();
      if (!touched.empty()) return tell("calls/crash", fmt::format("crashed with signal {} ({}) {}{}", signal, name ? name : "unknown", within(calls), touched), page_->touched_mend);
      return tell("calls/crash", fmt::format("crashed with signal {} ({}) {}{}", signal, name ? name : "unknown", within(calls), said), "compile it with -g -fsanitize=address,undefined, or run the check with --here in a debugger");
    }
    if (WEXITSTATUS(status) != 0 || !calls.empty()) tell("calls/exit", fmt::format("ended the process with exit code {} {}{}", WEXITSTATUS(status), within(calls), said), "report an error by the error record: a plugin never ends the process of its host");
  }

  void tell_memory() {
    tell("calls/memory", fmt::format("asked for {:.3g} GB within its call {}, more than the limit of {:.3g} GB leaves", static_cast<double>(page_->refused_bytes) / 1e9, page_->refused_in, static_cast<double>(limits_.memory) / 1e9),
         "take what the shapes need and no more, and leave large buffers to the host (saved, scratch); where so much is needed, raise --memory-limit");
  }

  // The work and what it has started; how many processes it left behind.
  std::size_t end_all(bool has_ended) {
    if (!has_ended) {
      ::kill(-child_, SIGKILL);
      ::kill(child_, SIGKILL);
      while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {}
    }
    std::size_t others = 0;
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    while (Clock::now() < deadline) {
      const pid_t pid = ::waitpid(-1, nullptr, WNOHANG);
      if (pid < 0) break;
      if (pid > 0) {
        ++others;
        continue;
      }
      for (const pid_t own : children()) ::kill(own, SIGKILL);
      ::usleep(1000);
    }
    return others;
  }

  // Those of this process, which are the work's own children when the work is gone.
  static std::vector<pid_t> children() {
    std::vector<pid_t> found;
    std::error_code error;
    const pid_t self = ::getpid();
    for (std::filesystem::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
      const pid_t pid = std::atoi(at->path().filename().c_str());
      if (pid <= 0) continue;
      std::string text;
      std::getline(std::ifstream(at->path() / "stat"), text);
      const std::size_t name_end = text.rfind(')');
      if (name_end == std::string::npos || name_end + 4 >= text.size()) continue;
      if (std::atoi(text.c_str() + name_end + 4) == self) found.push_back(pid);
    }
    return found;
  }

  const WatchedWork& work_;
  const ProcessLimits& limits_;
  int results_;
  TemporaryFolder folder_;
  WatchedPage* page_ = nullptr;
  sigset_t watched_{}, before_{};
  pid_t child_ = -1;
};

[[noreturn]] void watch(const WatchedWork& work, const ProcessLimits& limits, int results, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(1);
  ::setpgid(0, 0);  // what a terminal sends goes to the parent alone
  ::signal(SIGPIPE, SIG_IGN);  // a parent that is gone reads no results, but there is still something to tidy up
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  try {
    Watcher watcher(work, limits, results);
    watcher.run();
  } catch (const std::exception& failure) {
    write_finding(results, {Severity::error, "calls/exit", work.item, fmt::format("could not be tried: {}", failure.what()), {}, {}});
  }
  ::_exit(0);
}

}  // namespace

WatchedProcess start_watched(const WatchedWork& work, const ProcessLimits& limits) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(ExitCode::failure, fmt::format("no pipe to another process could be made: {}", std::strerror(errno)));
  std::fflush(nullptr);
  const pid_t parent = ::getpid(), watcher = ::fork();
  if (watcher == 0) {
    ::close(ends[0]);
    watch(work, limits, ends[1], parent);
  }
  const int error = errno;
  ::close(ends[1]);
  if (watcher < 0) {
    ::close(ends[0]);
    throw Error(ExitCode::failure, fmt::format("no process could be made: {}", std::strerror(error)));
  }
  return {watcher, ends[0]};
}

}  // namespace teranga::conformance
