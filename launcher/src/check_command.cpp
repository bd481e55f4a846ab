// SPDX-License-Identifier: Apache-2.0
// teranga check: everything that can be known before a training, without training.
#include <teranga/core/counted.hpp>
#include <teranga/core/held_warnings.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/train/advice.hpp>
#include <teranga/train/class_weights.hpp>
#include <teranga/train/data_checks.hpp>
#include <teranga/train/updater.hpp>
#include <teranga/train/recipe_checks.hpp>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "opened_recipe.hpp"
#include "print.hpp"
#include "wording.hpp"

namespace teranga::launcher {
namespace {

int run_check(const Arguments& arguments) {
  const std::string& path = arguments.operand(0);  // a recipe, or a run with the recipe that it was trained by
  const OpenedRecipe opened(path, arguments.overrides());
  log::HeldWarnings of_data;  // an error of the network must not stand below warnings of the data
  const std::unique_ptr<data::Source> source = opened.data_with_classes();
  Team team(1);
  train::Networks networks(opened.recipe, *source, opened.registry, team);
  train::check_monitors(opened.recipe, train::measured_by(networks, *source), opened.registry);
  train::check_row_states(opened.recipe, networks.store(), *source);
  for (const train::PhaseNetwork& phase : networks.phases())
    const train::Updater updater(phase.recipe.optimizer, opened.registry, networks.store(), phase.network->trained(), team);
  train::check_observers(opened.recipe, opened.registry);
  of_data.release();
  const model::Summary summary = networks.summary();
  std::size_t warnings = 0;
  for (const train::Advice& advice : train::advice_on(opened.recipe, opened.registry)) ++warnings, print_error("{}", advice_text(advice));
  std::vector<std::string> notes = train::class_weights(opened.recipe, *source, networks).notes;
  for (std::string& note : train::notes_on_steps(opened.recipe, *source)) notes.push_back(std::move(note));
  const bool all = arguments.has("data");
  if (!all) train::check_data(opened.recipe, *source, networks, train::Extent::nothing);  // what the recipe and the classes tell has a place in the recipe
  for (std::string& note : train::check_data(opened.recipe, *source, networks, all ? train::Extent::all : train::Extent::beginning)) notes.push_back(std::move(note));
  for (const std::string& note : notes) ++warnings, print_error("{}: warning: {}\n", path, note);
  for (const data::Part part : data::all_parts)
    if (all && source->has(part)) print_out("{} part: {} samples read\n", data::to_string(part), grouped(source->count(part)));
  warnings += log::warnings();  // those of the data set
  print_out("{}: {}; {}, {} parameters, {} training samples, {} of memory\n", path, warnings ? counted(warnings, "warning") : "in order", counted(opened.recipe.layers.size(), "layer"),
             grouped(summary.parameters), grouped(source->count(data::Part::training)), bytes_text(summary.bytes_per_rank));
  if (!all && !train::is_beginning(*source)) print_out("of each part only the first samples were looked at; all of them: teranga check {} --data\n", shell_word(path));
  return 0;
}

}  // namespace

Command check_command() {
  Command command;
  command.name = "check";
  command.summary = "find everything that is wrong with a recipe, without training";
  command.operands = "RECIPE";
  command.least_operands = command.most_operands = 1;
  command.about = "Reads the recipe, opens its plugins and data, plans the network and its optimizer, and prints what is wrong. All wrong keys are reported at once. Errors of data and shapes are reported too, if their tables have no errors and the data files have at most 32 MiB together. Larger files are read when all keys are right. An error in the TOML itself is reported alone, because the rest of the file cannot be read. Warns of a loss or a metric that does not fit the output. It looks at the first samples of each part, as a training does, for NaN, for ids beyond a table, for targets that the loss cannot judge, and for features and targets of a large scale. With --data it looks at all samples.";
  command.options = {set_option(), {"data", "", "read every sample, rather than the first ones of each part"}};
  command.examples = {"teranga check mlp-iris.toml", "teranga check lenet-fashion-mnist.toml --data"};
  command.run = run_check;
  return command;
}

}  // namespace teranga::launcher
