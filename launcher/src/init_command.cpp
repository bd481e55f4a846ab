// SPDX-License-Identifier: Apache-2.0
// teranga init: a first recipe, to train as it is and then to change.
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/core/value.hpp>

#include "arguments.hpp"
#include "command.hpp"
#include "new_file.hpp"
#include "starters.hpp"

namespace teranga::launcher {
namespace {

namespace fs = std::filesystem;

constexpr const char* command_name = "init";

const Starter& starter_of(const std::string& name) {
  std::vector<std::string> names;
  for (const Starter& starter : starters()) {
    if (starter.name == name) return starter;
    names.emplace_back(starter.name);
  }
  const auto near = nearest_name(name, names);
  throw Error(ExitCode::usage, fmt::format("init: there is no starter \"{}\"", name), near ? fmt::format("did you mean teranga init {}?", *near) : fmt::format("one of {}; teranga init says what they are", fmt::join(names, ", ")));
}

void list_starters() {
  for (const Starter& starter : starters()) fmt::print("{:<5} {}\n", starter.name, starter.summary);
}

int run_init(const Arguments& arguments) {
  if (arguments.operands().empty()) {
    list_starters();
    return 0;
  }
  const Starter& starter = starter_of(arguments.operand(0));
  const std::string given = arguments.operand(1);
  const fs::path path = given.empty() ? fs::path(fmt::format("{}.toml", starter.name)) : fs::path(given);
  refuse_to_overwrite(command_name, path, fmt::format("teranga init {} my-{}", starter.name, path.filename().string()));
  const fs::path table = path.parent_path() / starter_table_name;
  const bool with_table = starter.name == "csv";
  if (with_table) refuse_to_overwrite(command_name, table, fmt::format("teranga init {} new/{}", starter.name, path.filename().string()));
  std::error_code failure;
  if (!path.parent_path().empty()) fs::create_directories(path.parent_path(), failure);  // writing tells why, where that fails
  if (with_table) write_new(command_name, table, starter_table());
  write_new(command_name, path, starter.recipe);
  fmt::print("{} is written: {}\n", path.string(), starter.summary);
  if (with_table) fmt::print("{} is the table that it learns from; the recipe says what to change for another one.\n", table.string());
  fmt::print("Now: teranga train {}\n", shell_word(path.string()));
  return 0;
}

}  // namespace

Command init_command() {
  Command command;
  command.name = "init";
  command.summary = "write a first recipe with comments, to train and to change";
  command.operands = "[NAME [FILE]]";
  command.most_operands = 2;
  command.about =
      "Writes a recipe that trains as it is, on data that come with Teranga, and says in comments what to change: mlp (dense layers), cnn (convolutions), rnn (sequences), gan (two networks "
      "against each other) or csv (a table; one comes with it). The recipe goes to FILE, or to NAME.toml in the current folder. A file that is there already is left alone. Without a "
      "NAME it lists them.";
  command.examples = {"teranga init", "teranga init cnn", "teranga init csv prices/prices.toml"};
  command.run = run_init;
  return command;
}

}  // namespace teranga::launcher
