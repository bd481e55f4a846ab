// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/log.hpp>

#include <teranga/core/error.hpp>

#include <memory>
#include <mutex>

#include <fmt/format.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace teranga::log {
namespace {

struct State {
  std::mutex mutex;
  int rank = 0;
  int ranks = 1;
  std::shared_ptr<spdlog::logger> terminal;
  std::shared_ptr<spdlog::logger> file;

  State() : terminal(std::make_shared<spdlog::logger>("teranga", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
    terminal->set_pattern("%v");
    terminal->set_level(spdlog::level::info);
    terminal->flush_on(spdlog::level::debug);
  }
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

}  // namespace

void set_rank(int rank, int ranks) {
  std::lock_guard lock(state().mutex);
  state().rank = rank;
  state().ranks = ranks;
}

void set_level(Level level) { state().terminal->set_level(native(level)); }

void open_file(const std::string& path) {
  std::lock_guard lock(state().mutex);
  try {
    state().file = std::make_shared<spdlog::logger>("file", std::make_shared<spdlog::sinks::basic_file_sink_mt>(path));
  } catch (const spdlog::spdlog_ex& error) {
    throw Error(ExitCode::failure, fmt::format("cannot open the log file {}: {}", path, error.what()));
  }
  state().file->set_pattern("%Y-%m-%dT%H:%M:%S%z %l %v");
  state().file->flush_on(spdlog::level::info);
}

void close_file() {
  std::lock_guard lock(state().mutex);
  state().file.reset();
}

void write(Level level, std::string_view text) {
  State& s = state();
  std::lock_guard lock(s.mutex);
  const bool loud = level == Level::warning || level == Level::error;
  if (s.rank != 0 && !loud) return;
  const char* word = level == Level::warning ? "warning: " : level == Level::error ? "error: " : "";
  const std::string rank = loud && s.ranks > 1 ? fmt::format("rank {}: ", s.rank) : "";
  s.terminal->log(native(level), "{}{}{}", rank, word, text);
  if (s.file) s.file->log(native(level), "{}{}", rank, text);
}

}  // namespace teranga::log
