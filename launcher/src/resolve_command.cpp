// SPDX-License-Identifier: Apache-2.0
// teranga resolve: a recipe with nothing left unsaid.
#include <cstdio>

#include "arguments.hpp"
#include "command.hpp"
#include "opened_recipe.hpp"

namespace teranga::launcher {
namespace {

int run_resolve(const Arguments& arguments) {
  const OpenedRecipe opened(arguments.operand(0), arguments.overrides());
  std::fputs(recipe::resolve(opened.recipe).c_str(), stdout);
  return 0;
}

}  // namespace

Command resolve_command() {
  Command command;
  command.name = "resolve";
  command.summary = "print a recipe with every default written out";
  command.operands = "RECIPE";
  command.least_operands = command.most_operands = 1;
  command.about = "Prints the whole recipe as TOML, with overrides applied, full names of types, and every default written out. A run keeps the same text in its run folder.";
  command.options = {set_option()};
  command.examples = {"teranga resolve mlp-iris.toml", "teranga resolve mlp-iris.toml --set optimizer.type=sgd > sgd.toml"};
  command.run = run_resolve;
  return command;
}

}  // namespace teranga::launcher
