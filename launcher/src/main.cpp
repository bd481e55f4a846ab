// SPDX-License-Identifier: Apache-2.0
// The program `teranga`: finds the sub-command, runs it, and is the one place where an error becomes a message and an exit code.
#include <teranga/comm/launch.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/terminal.hpp>
#include <teranga/core/value.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/host/exit_guard.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>

#include "arguments.hpp"
#include "command.hpp"
#include "help.hpp"
#include "print.hpp"
#include "program_facts.hpp"

namespace teranga::launcher {
namespace {

int say(const std::string& text) {
  if (launched_rank() == 0) std::fputs(text.c_str(), stdout);
  return 0;
}

int say_version(const std::vector<std::string>& words) {
  const bool verbose = words.size() == 2 && (words[1] == "--verbose" || words[1] == "-v");
  if (words.size() > 1 && !verbose) throw Error(ExitCode::usage, fmt::format("{}: \"{}\" is one word too many", words[0], words.back()), "teranga --version --verbose");
  return say(version_text(verbose));
}

// The command of the first two words, or of the first one; how many words it took.
const Command* find(const std::vector<std::string>& words, std::size_t& taken) {
  for (taken = std::min<std::size_t>(2, words.size()); taken > 0; --taken) {
    const std::string name = taken == 2 ? words[0] + " " + words[1] : words[0];
    for (const Command& command : commands())
      if (command.name == name) return &command;
  }
  return nullptr;
}

Error unknown_command(const std::vector<std::string>& words) {
  const bool in_group = !help_of_group(words[0]).empty();
  const std::string given = in_group && words.size() > 1 ? words[0] + " " + words[1] : words[0];
  if (in_group && words.size() == 1) return Error(ExitCode::usage, fmt::format("\"{}\" needs a second word", given), fmt::format("teranga {} --help", given));
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    names.push_back(command.name);
    if (const auto blank = command.name.find(' '); blank != std::string::npos) names.push_back(command.name.substr(0, blank));
  }
  constexpr std::pair<std::string_view, std::string_view> others[] = {{"fit", "train"}, {"run", "train"}, {"resume", "train"}, {"compile", "check"}, {"validate", "check"}, {"test", "evaluate"}, {"infer", "predict"}, {"show", "summary"}};
  const auto* const other = std::find_if(std::begin(others), std::end(others), [&](const auto& one) { return one.first == given; });
  const auto nearest = other != std::end(others) ? std::optional<std::string>(other->second) : nearest_name(given, names);
  return Error(ExitCode::usage, fmt::format("there is no command \"{}\"", given), nearest ? fmt::format("did you mean teranga {}?", *nearest) : in_group ? fmt::format("teranga {} --help", words[0]) : "teranga --help");
}

int run(const std::vector<std::string>& words) {
  const auto is_help = [](const std::string& word) { return word == "--help" || word == "-h" || word == "help"; };
  if (words.empty()) throw Error(ExitCode::usage, "no command is given", "teranga --help");
  if (words[0] == "help" && words.size() > 1) {
    std::vector<std::string> turned(words.begin() + 1, words.end());
    turned.push_back("--help");
    return run(turned);
  }
  if (is_help(words[0])) return say(help());
  if (words[0] == "version" || words[0] == "--version") return say_version(words);
  std::size_t taken = 0;
  const Command* command = find(words, taken);
  if (!command) {
    if (words.size() > 1 && is_help(words[1]))
      if (const std::string text = help_of_group(words[0]); !text.empty()) return say(text);
    throw unknown_command(words);
  }
  const Arguments arguments(*command, std::vector<std::string>(words.begin() + static_cast<std::ptrdiff_t>(taken), words.end()));
  if (arguments.asks_for_help()) return say(help(*command));
  if (!command->collective && launched_rank() != 0) return 0;
  return command->run(arguments);
}

// An error that every rank finds alike, or knows of, is said by rank 0 alone. The others wait: mpirun ends them when rank 0 has ended; where
// it has not, the trouble is theirs alone, and they speak up.
void report(const std::string& message, const std::string& hint = {}) {
  if (launched_rank() != 0) std::this_thread::sleep_for(std::chrono::seconds(3));
  const bool places = message.find('\n') != std::string::npos && message.find(": error") != std::string::npos;
  std::string text = places ? message : "teranga: " + message;
  if (!text.ends_with('\n')) text += '\n';
  if (!hint.empty()) text += "hint: " + hint + "\n";
  std::fflush(stdout);
  terminal::begin_queue();  // an end with an error waits for nobody either
  print_error("{}", text);
}

int guarded(const std::vector<std::string>& words) {
  try {
    const host::ExitGuard guard;
    const int code = run(words);
    if (std::fflush(stdout) != 0) throw Error(ExitCode::failure, "the output cannot be written to the end");
    return code;
  } catch (const Error& error) {
    report(error.what(), error.hint());
    return static_cast<int>(error.code());
  } catch (const std::bad_alloc&) {
    report("there is not enough memory");
  } catch (const std::exception& error) {
    report(error.what());
  }
  return static_cast<int>(ExitCode::failure);
}

// Each thread would reserve 64 MiB or more of addresses for its small pieces of memory. Where their number is limited (ulimit -v) and no such reserve is left, each piece takes a page of its own,
// and even HDF5's few megabytes do not fit.
void share_memory_where_it_is_scarce() {
#if defined(__GLIBC__)
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) ::mallopt(M_ARENA_MAX, 1);
#endif
}

// Nobody waits for a terminal that takes no more.
void end_output() {
  terminal::settle(std::chrono::seconds(2));
  if (const std::size_t lost = terminal::lost_lines(); lost > 0)
    log::write_to_file(log::Level::warning, fmt::format("lines for the terminal that are lost, because standard error or standard output took no more: {}", lost));
}

}  // namespace
}  // namespace teranga::launcher

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the file size limit is an error, and no end of the process
  teranga::launcher::share_memory_where_it_is_scarce();
  teranga::host::report_crashes(teranga::launched_by_mpi() ? fmt::format("rank {}", teranga::launched_rank()) : std::string());
  const int code = teranga::launcher::guarded({argv + 1, argv + argc});
  teranga::launcher::end_output();
  return code;
}
