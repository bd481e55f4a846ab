// SPDX-License-Identifier: Apache-2.0
// teranga watch: the curves of a run in a terminal, drawn anew while a job elsewhere trains.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/report/curves.hpp>
#include <teranga/report/terminal_chart.hpp>
#include <teranga/report/verdict.hpp>

#include "arguments.hpp"
#include "command.hpp"

namespace teranga::launcher {
namespace {

namespace fs = std::filesystem;
constexpr int usual_columns = 80, usual_lines = 24, least_rows = 6, most_rows = 16;

bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (const char* const value = std::getenv(name); value && *value) return std::string_view(value).find("UTF-8") != std::string_view::npos || std::string_view(value).find("utf8") != std::string_view::npos;
  return false;
}

struct Screen {
  bool is_terminal = false;
  int columns = usual_columns, lines = usual_lines;
};

Screen screen_now() {
  Screen out;
  out.is_terminal = isatty(STDOUT_FILENO) == 1;
  if (winsize size{}; out.is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 && size.ws_row > 8) out.columns = size.ws_col, out.lines = size.ws_row;
  return out;
}

// All charts below each other. On a terminal those that fit; each gets its share of the lines.
std::string drawn(const report::RunRecord& run, const Screen& screen, bool ascii) {
  std::string out;
  for (const report::Sentence& sentence : report::verdict_of(run).sentences) out += printable_line(report::to_text(sentence)) + "\n";
  const int left = screen.lines - static_cast<int>(std::ranges::count(out, '\n')) - 2;
  std::vector<report::Chart> charts = report::charts_of({run});
  if (screen.is_terminal) charts.resize(std::min(charts.size(), static_cast<std::size_t>(std::max(1, left / least_rows))));
  report::TerminalLook look;
  look.columns = std::min(screen.columns, 120);
  look.rows = screen.is_terminal && !charts.empty() ? std::clamp(left / static_cast<int>(charts.size()), least_rows, most_rows) : 12;
  look.ascii = ascii;
  look.colours = screen.is_terminal && !std::getenv("NO_COLOR");
  for (const report::Chart& chart : charts) out += report::terminal_chart(chart, look);
  return out;
}

// When the files that a drawing is made of were last written.
struct Written {
  fs::file_time_type metrics, facts;
  bool operator==(const Written&) const = default;
};

Written written_in(const std::string& folder) {
  std::error_code error;
  return {fs::last_write_time(folder + "/metrics.jsonl", error), fs::last_write_time(folder + "/facts.jsonl", error)};
}

int run_watch(const Arguments& arguments) {
  const std::string folder = arguments.operand(0), path = folder + "/metrics.jsonl";
  const std::chrono::duration<double> pause(arguments.real("every", 0.1, 2));
  const bool ascii = arguments.has("ascii") || !speaks_utf8(), once = arguments.has("once");
  std::optional<Written> seen;
  for (;;) {
    std::error_code error;
    const bool begins = fs::is_directory(folder, error) && !fs::exists(path, error);  // the job is about to train
    const Written written = written_in(folder);
    const Screen screen = screen_now();
    if (once || !screen.is_terminal || (!begins && seen != written)) {
      seen = written;
      const report::RunRecord run = report::read_run(folder);
      const std::string text = drawn(run, screen, ascii);
      if (screen.is_terminal && !once) std::fputs("\033[H\033[J", stdout);
      std::fputs(text.c_str(), stdout);
      std::fflush(stdout);
      if (once || !screen.is_terminal || !run.end.empty()) return 0;
    }
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace

Command watch_command() {
  Command command;
  command.name = "watch";
  command.summary = "the curves of a run in the terminal, while it trains elsewhere";
  command.operands = "RUN";
  command.least_operands = command.most_operands = 1;
  command.about =
      "Draws losses, metrics and learning rates of the run folder RUN in the terminal, and draws them again when there are new numbers. It only reads the files of the run, so it works on any machine that has "
      "access to them. It ends when the run has ended; Ctrl-C ends it earlier. If stdout is not a terminal, it draws once. In a terminal without UTF-8 it draws with plain characters.";
  command.options = {{"ascii", "", "plain characters instead of braille dots"}, {"once", "", "draw once and end"}, {"every", "SECONDS", "how often to look for new numbers (default: 2)"}};
  command.examples = {"teranga watch runs/lenet-fashion-mnist", "teranga watch runs/lenet-fashion-mnist --once --ascii"};
  command.run = run_watch;
  return command;
}

}  // namespace teranga::launcher
