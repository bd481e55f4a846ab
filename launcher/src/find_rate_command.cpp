// SPDX-License-Identifier: Apache-2.0
// teranga find-rate: a short training in which the learning rate rises, and what its losses say of good rates.
#include <teranga/comm/launch.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/json.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/core/temporary_folder.hpp>
#include <teranga/train/train.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "opened_recipe.hpp"
#include "print.hpp"
#include "rate_search.hpp"
#include "table.hpp"

namespace teranga::launcher {
namespace {

// The losses of the steps that a run has logged.
std::vector<double> losses_in(const std::string& run) {
  std::vector<double> losses;
  std::ifstream in(run + "/steps.csv");
  std::string line, cell;
  std::getline(in, line);
  std::vector<std::string> names;
  for (std::istringstream cells(line); std::getline(cells, cell, ',');) names.push_back(cell);
  const auto at = std::ranges::find(names, "loss") - names.begin();
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    for (std::ptrdiff_t i = 0; i <= at; ++i) std::getline(cells, cell, ',');
    losses.push_back(std::strtod(cell.c_str(), nullptr));
  }
  return losses;
}

std::vector<double> losses_of(const Arguments& arguments, double low, double high, std::int64_t steps) {
  const TemporaryFolder folder;
  train::TrainOptions options;
  options.recipe = arguments.operand(0);
  options.overrides = arguments.overrides();
  for (std::string one : {fmt::format("optimizer.learning_rate={{ type = \"exponential_decay\", initial_learning_rate = {:.17e}, decay_steps = {}, decay_rate = {:.17e} }}", low, steps - 1, high / low),
                          std::string("optimizer.warmup_steps=0"), std::string("training.epochs=1000000"), std::string("training.validation_freq=1000000"), std::string("training.log_every_steps=1"),
                          std::string("checkpoint.every_seconds=0.0"), std::string("checkpoint.every_steps=0"), std::string("checkpoint.every_epochs=0")})
    options.overrides.push_back(std::move(one));
  options.run = folder.path() + "/run";
  options.most_steps = steps;
  options.progress = train::ProgressMode::none;
  options.threads = arguments.threads();
  try {
    train::train(options);
  } catch (const Error& error) {
    if (error.code() != ExitCode::diverged) throw;  // that the rate is too large at last is no fault here
  }
  return losses_in(options.run);
}

std::string bar_of(double loss, double least, double most) {
  constexpr double width = 40;
  return std::string(static_cast<std::size_t>(1 + std::lround((width - 1) * (loss - least) / std::max(most - least, 1e-300))), '#');
}

void tell(const RateSearch& found, const Arguments& arguments) {
  constexpr std::size_t most_lines = 25;
  const std::size_t every = (found.points.size() + most_lines - 1) / most_lines;
  double least = HUGE_VAL, most = -HUGE_VAL;
  for (const RateLoss& point : found.points) least = std::min(least, point.smooth), most = std::max(most, point.smooth);
  Table table({"learning rate", "loss", "smooth", ""});
  for (std::size_t i = 0; i < found.points.size(); i += every) {
    const RateLoss& point = found.points[i];
    table.add({fmt::format("{:.2e}", point.rate), fmt::format("{:.4g}", point.loss), fmt::format("{:.4g}", point.smooth), bar_of(point.smooth, least, most)});
  }
  print_out("{}", table.text());
  if (found.steepest == 0) {
    print_out("the loss falls at no rate: look at the data and the loss of the recipe, or try --low and --high of other rates\n");
    return;
  }
  print_out("the loss falls fastest at {:.1e}, and is least at {:.1e}\ntake the rate of the fastest fall, or a smaller one: teranga train {} --set optimizer.learning_rate={:.1e}\n", found.steepest, found.least, shell_word(arguments.operand(0)), found.steepest);
}

void write_csv(const RateSearch& found, const std::string& path) {
  std::ofstream out(path);
  out << "learning_rate,loss,smooth_loss\n";
  for (const RateLoss& point : found.points) out << fmt::format("{},{},{}\n", point.rate, point.loss, point.smooth);
  out.close();
  if (!out) throw Error(ExitCode::failure, fmt::format("find-rate: cannot write {}", path));
}

int run_find_rate(const Arguments& arguments) {
  if (launched_size() > 1) throw Error(ExitCode::usage, "find-rate: it trains in one process", "teranga find-rate RECIPE without mpirun or srun");
  const double low = arguments.real("low", 0, 1e-7), high = arguments.real("high", 0, 10);
  if (!(low > 0 && low < high)) throw Error(ExitCode::usage, fmt::format("find-rate: expected a --low above 0 and below --high, found {} and {}", low, high), "--low 1e-7 --high 10");
  const std::int64_t steps = arguments.integer("steps", 10, 100);
  if (!OpenedRecipe(arguments.operand(0), arguments.overrides()).recipe.phases.empty())
    throw Error(ExitCode::usage, "find-rate: the recipe has phases, and one rate that rises for all of them says nothing; teranga sweep tries several rates");
  const std::vector<double> losses = losses_of(arguments, low, high, steps);
  std::vector<double> rates;
  for (std::size_t i = 0; i < losses.size(); ++i) rates.push_back(low * std::pow(high / low, static_cast<double>(i) / static_cast<double>(steps - 1)));
  const RateSearch found = search_rates(rates, losses);
  if (found.points.empty()) throw Error(ExitCode::diverged, fmt::format("find-rate: the loss is not finite at the first rate, {}", low));
  if (arguments.has("output")) write_csv(found, arguments.text("output"));
  if (arguments.has("json")) print_out("{{\"steepest\":{},\"least\":{},\"steps\":{}}}\n", json_number(found.steepest), json_number(found.least), found.points.size());
  else tell(found, arguments);
  return 0;
}

}  // namespace

Command find_rate_command() {
  Command command;
  command.name = "find-rate";
  command.summary = "find a good learning rate by a short training";
  command.operands = "RECIPE";
  command.least_operands = command.most_operands = 1;
  command.about =
      "Trains for some steps while the learning rate rises from --low to --high, a little at each step (Smith, arXiv 1506.01186), and prints the loss at each rate. A rate is good where the loss falls fast. Where the loss "
      "begins to rise, the rate is too large. The training stops early when the loss exceeds four times its smallest value. Nothing is kept. Schedules, warm-ups and evaluations of the recipe are left out.";
  command.options = {{"low", "RATE", "the first rate (default: 1e-7)"}, {"high", "RATE", "the last rate (default: 10)"}, {"steps", "N", "steps of the training (default: 100)"},
                     {"output", "FILE", "write all rates and losses there, as CSV", 'o'}, {"json", "", "print one JSON object: the rate where the loss falls fastest, and that where it is least"}, threads_option(), set_option()};
  command.examples = {"teranga find-rate lenet-fashion-mnist.toml", "teranga find-rate mlp-iris.toml --low 1e-5 --high 1 --steps 300 --output rates.csv"};
  command.run = run_find_rate;
  return command;
}

}  // namespace teranga::launcher
