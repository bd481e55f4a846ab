// SPDX-License-Identifier: Apache-2.0
// teranga report: the page of a run, or of several over each other, from the files of their run folders.
#include <cstring>

#include <fmt/format.h>

#include <teranga/core/error.hpp>
#include <teranga/core/replace_file.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/report/page.hpp>

#include "arguments.hpp"
#include "command.hpp"
#include "print.hpp"

namespace teranga::launcher {
namespace {

int run_report(const Arguments& arguments) {
  if (arguments.operands().size() > report::most_runs) throw Error(ExitCode::usage, fmt::format("report: {} runs are named; a page shows {} at most", arguments.operands().size(), report::most_runs));
  std::vector<report::RunRecord> runs;
  for (const std::string& folder : arguments.operands()) runs.push_back(report::read_run(folder));
  const std::string path = arguments.text("output", runs.size() == 1 ? runs[0].folder + "/report.html" : "compare.html");
  if (const int code = replace_file(path, report::page(runs)); code != 0) throw Error(ExitCode::failure, fmt::format("report: cannot write {}: {}", path, std::strerror(code)), "--output report.html writes it into this folder");
  print_out("{}\n", path);
  return 0;
}

}  // namespace

Command report_command() {
  Command command;
  command.name = "report";
  command.summary = "a page with the curves, epochs, network and recipe of a run, or of several";
  command.operands = "RUN...";
  command.least_operands = 1;
  command.most_operands = 1000;
  command.about =
      "Writes one HTML file, which a browser shows without a network and without scripts, and prints its path. The page begins with the results of the run. A training writes the same page, report.html, "
      "into its run folder while it runs; this command makes it again from the .jsonl files and recipe.toml of the run folder RUN.\n\n"
      "For several runs, it draws their curves in one chart, and lists their best numbers and the differences of their recipes.";
  command.options = {{"output", "FILE", "the file to write (default: report.html in the run folder; compare.html for several runs)", 'o'}};
  command.examples = {"teranga report runs/lenet-fashion-mnist", "teranga report runs/short runs/long --output compare.html"};
  command.run = run_report;
  return command;
}

}  // namespace teranga::launcher
