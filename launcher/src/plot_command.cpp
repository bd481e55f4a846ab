// SPDX-License-Identifier: Apache-2.0
// teranga plot: one quantity of a run, or of several, as a picture.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/error.hpp>
#include <teranga/core/replace_file.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/core/value.hpp>
#include <teranga/report/chart.hpp>
#include <teranga/report/page.hpp>

#include "arguments.hpp"
#include "command.hpp"
#include "png_file.hpp"
#include "print.hpp"

namespace teranga::launcher {
namespace {

const report::Chart& chosen_chart(const std::vector<report::Chart>& charts, const std::string& wanted, const std::string& folder) {
  if (charts.empty()) throw Error(ExitCode::data, fmt::format("{}/metrics.jsonl: there are no numbers to draw yet", folder));
  if (wanted.empty()) return charts.front();
  std::vector<std::string> names;
  for (const report::Chart& chart : charts) names.push_back(chart.title);
  const std::string quantity = wanted.starts_with("val_") ? wanted.substr(4) : wanted;
  if (const auto at = std::ranges::find(names, quantity); at != names.end()) return charts[static_cast<std::size_t>(at - names.begin())];
  throw Error(ExitCode::usage, fmt::format("plot: --of {}: the run has no such number; it has {}", wanted, fmt::join(names, ", ")), fmt::format("--of {}", shell_word(nearest_name(quantity, names).value_or(names.front()))));
}

int run_plot(const Arguments& arguments) {
  const std::string path = arguments.text("output");
  const bool as_pixels = path.ends_with(".png");
  if (!as_pixels && !path.ends_with(".svg")) throw Error(ExitCode::usage, fmt::format("plot: --output: expected the name of an SVG or a PNG file, found \"{}\"", path), "--output curve.svg");
  if (arguments.operands().size() > report::most_runs) throw Error(ExitCode::usage, fmt::format("plot: {} runs are named; a plot shows {} at most", arguments.operands().size(), report::most_runs));
  std::vector<report::RunRecord> runs;
  for (const std::string& folder : arguments.operands()) runs.push_back(report::read_run(folder));
  const std::vector<report::Chart> charts = report::charts_of(runs);
  const report::Chart& chart = chosen_chart(charts, arguments.text("of"), runs.front().folder);
  const std::string subtitle = fmt::format("{}", fmt::join(report::labels_of(runs), ", "));
  if (as_pixels) {
    write_png(path, report::chart_picture(chart, subtitle));
    print_out("{}\n", path);
    return 0;
  }
  const std::string drawing = report::chart_file(chart, subtitle);
  if (const int code = replace_file(path, drawing); code != 0) throw Error(ExitCode::failure, fmt::format("plot: cannot write {}: {}", path, std::strerror(code)), "--output curve.svg writes it into this folder");
  print_out("{}\n", path);
  return 0;
}

}  // namespace

Command plot_command() {
  Command command;
  command.name = "plot";
  command.summary = "a curve of a run, or of several, as an SVG or a PNG file";
  command.operands = "RUN...";
  command.least_operands = 1;
  command.most_operands = 1000;
  command.about = "Writes one chart as an SVG or a PNG file: a metric or a loss of the run folder RUN by epoch, for the training, the validation and the test part. For several runs, it draws their curves in one chart. Prints the path of the file.";
  command.options = {{"output", "FILE", "the file to write, whose name ends with .svg or .png", 'o'}, {"of", "NAME", "the metric, the loss or the rate to draw, such as accuracy or learning_rate (default: the first loss)"}};
  command.examples = {"teranga plot runs/lenet-fashion-mnist --output loss.svg", "teranga plot runs/short runs/long --of accuracy --output accuracy.png"};
  command.run = run_plot;
  return command;
}

}  // namespace teranga::launcher
