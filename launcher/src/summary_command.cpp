// SPDX-License-Identifier: Apache-2.0
// teranga summary: the layers of a network, what they hold and what they cost.
#include <teranga/core/held_warnings.hpp>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "opened_recipe.hpp"
#include "print.hpp"
#include "table.hpp"
#include "wording.hpp"

namespace teranga::launcher {
namespace {

std::string output_text(const Shape& shape) {
  std::string out = "(N";
  for (const std::int64_t extent : shape) out += fmt::format(", {}", extent);
  return out + ")";
}

int run_summary(const Arguments& arguments) {
  const OpenedRecipe opened(arguments.operand(0), arguments.overrides());
  log::HeldWarnings of_data;  // an error of the network must not stand below warnings of the data
  const std::unique_ptr<data::Source> source = opened.data_with_classes();
  Team team(1);
  train::Networks networks(opened.recipe, *source, opened.registry, team);
  of_data.release();
  const model::Summary summary = networks.summary();

  Table table({"layer", "type", "output", "parameters", "inputs"});
  for (const model::LayerSummary& layer : summary.layers)
    table.add({layer.name, std::string(recipe::short_type(layer.type)), output_text(layer.output), grouped(layer.parameters), fmt::format("{}", fmt::join(layer.inputs, ", "))});
  print_out("{}\n", table.text());
  print_out("parameters          {}\n", grouped(summary.parameters));
  if (summary.trainable != summary.parameters) print_out("  trainable         {}\n", grouped(summary.trainable));
  if (summary.states) print_out("states              {}\n", grouped(summary.states));
  print_out("memory              {} (weights, gradients, states and everything between layers, for a batch of {} samples on one process)\n", bytes_text(summary.bytes_per_rank), opened.recipe.training.batch_size);
  print_out("work per step       {}flop (floating-point operations of the forward and backward pass over {} samples; a thread takes {} at a time)\n", with_prefix(summary.step_flops), opened.recipe.training.batch_size, summary.slice_rows);
  return 0;
}

}  // namespace

Command summary_command() {
  Command command;
  command.name = "summary";
  command.summary = "the layers of a recipe's network: shapes, parameters, memory, work";
  command.operands = "RECIPE";
  command.least_operands = command.most_operands = 1;
  command.about = "Prints a row for each layer, with its output shape (N is the number of samples) and its number of parameters, then the totals, the memory that a process needs and the floating-point "
                  "operations of a step. The data are opened, since they decide the shapes. RECIPE may be a run folder or a checkpoint too.";
  command.options = {set_option()};
  command.examples = {"teranga summary lenet-fashion-mnist.toml", "teranga summary lenet-fashion-mnist.toml --set training.batch_size=512"};
  command.run = run_summary;
  return command;
}

}  // namespace teranga::launcher
