// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/log.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/held_warnings.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/core/spoken_name.hpp>
#include <teranga/core/terminal.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

namespace teranga::log {
namespace {

struct Line {
  spdlog::log_clock::time_point time;
  Level level;
  std::string text;
};

struct State {
  std::mutex mutex;
  int rank = 0;
  int ranks = 1;
  std::string named = "rank 0";
  std::atomic<Level> on_terminal{Level::info};
  std::shared_ptr<spdlog::logger> file;
  bool waits = true;        // a file may still be opened, for
  std::deque<Line> early;   // what was said before
  std::size_t warnings = 0;
};

State& state() {
  static State* instance = new State;  // lives to the end of the process: destructors may still log
  return *instance;
}

spdlog::level::level_enum native(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

constexpr std::size_t most_early = 1000;

// With the mutex held.
void add_to_file(State& s, Level level, std::string text) {
  if (s.file) {
    s.file->log(native(level), text);
  } else if (s.waits && level != Level::debug) {
    s.early.push_back({spdlog::log_clock::now(), level, std::move(text)});
    if (s.early.size() > most_early) s.early.pop_front();
  }
}

}  // namespace

void set_rank(int rank, int ranks, const std::string& named) {
  std::lock_guard lock(state().mutex);
  state().rank = rank;
  state().ranks = ranks;
  state().named = named.empty() ? fmt::format("rank {}", rank) : named;
}

void set_level(Level level) { state().on_terminal = level; }

void open_file(const std::string& path) {
  std::lock_guard lock(state().mutex);
  // Not through a link, nor into a pipe that waits for a reader.
  const int probe = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
  struct stat status {};
  const bool ordinary = probe >= 0 && ::fstat(probe, &status) == 0 && S_ISREG(status.st_mode);
  const int code = errno;
  if (probe >= 0) ::close(probe);
  if (!ordinary) throw Error(ExitCode::failure, fmt::format("cannot open the log file {}: {}", path, probe >= 0 || code == ELOOP || code == ENXIO ? "it is no ordinary file" : std::strerror(code)));
  try {
    state().file = std::make_shared<spdlog::logger>("file", std::make_shared<spdlog::sinks::basic_file_sink_mt>(path));
  } catch (const spdlog::spdlog_ex& error) {
    throw Error(ExitCode::failure, fmt::format("cannot open the log file {}: {}", path, error.what()));
  }
  state().file->set_pattern("%Y-%m-%dT%H:%M:%S%z %l %v");
  state().file->flush_on(spdlog::level::info);
  state().file->set_error_handler([path, told = std::make_shared<std::atomic<bool>>(false)](const std::string& reason) {  // on standard error, with the mutex held
    if (!told->exchange(true)) terminal::write(terminal::Stream::error, fmt::format("warning: the log file {} lacks lines: {}\n", printable(path), printable(reason)));
  });
  state().waits = false;
  for (const Line& line : std::exchange(state().early, {})) state().file->log(line.time, spdlog::source_loc{}, native(line.level), line.text);
}

void close_file() {
  std::lock_guard lock(state().mutex);
  state().file.reset();
}

std::size_t warnings() {
  std::lock_guard lock(state().mutex);
  return state().warnings;
}

namespace {

// Loud lines come from every rank.
void say(Level level, std::string_view text, bool loud) {
  if (level == Level::warning && HeldWarnings::keep(text, loud)) return;
  State& s = state();
  std::lock_guard lock(s.mutex);
  s.warnings += level == Level::warning;
  if (s.rank != 0 && !loud) return;
  const char* word = level == Level::warning ? "warning: " : level == Level::error ? "error: " : "";
  const std::string rank = loud && s.ranks > 1 ? s.named + ": " : "";
  const std::string shown = printable(with_spoken_name(std::string(text)));
  if (level >= s.on_terminal) terminal::write(terminal::Stream::error, fmt::format("{}{}{}\n", rank, word, shown));
  add_to_file(s, level, rank + shown);
}

}  // namespace

void write(Level level, std::string_view text) {
  say(level, text, level == Level::warning || level == Level::error);
  if (level == Level::error) terminal::settle(std::chrono::milliseconds(500));  // the process may end right behind an error
}

void warning_of_all(std::string_view text) { say(Level::warning, text, false); }

namespace {

thread_local HeldWarnings* holding = nullptr;  // the last one that this thread made

}  // namespace

HeldWarnings::HeldWarnings() noexcept : before_(std::exchange(holding, this)) {}

HeldWarnings::~HeldWarnings() {
  if (holds_) holding = before_;
}

void HeldWarnings::release() {
  if (!std::exchange(holds_, false)) return;
  holding = before_;
  for (const Warning& one : std::exchange(kept_, {})) say(Level::warning, one.text, one.loud);
}

bool HeldWarnings::keep(std::string_view text, bool loud) {
  if (holding == nullptr) return false;
  holding->kept_.push_back({std::string(text), loud});
  return true;
}

void write_to_file(Level level, std::string_view text) {
  State& s = state();
  std::lock_guard lock(s.mutex);
  if (s.rank == 0) add_to_file(s, level, printable(with_spoken_name(std::string(text))));
}

}  // namespace teranga::log
