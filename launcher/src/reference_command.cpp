// SPDX-License-Identifier: Apache-2.0
// teranga reference: every key of a recipe, from the tables with which recipes are checked.
#include <teranga/train/recipe_loading.hpp>


#include <fmt/format.h>
#include <fmt/ranges.h>

#include "arguments.hpp"
#include "command.hpp"
#include "print.hpp"
#include "reference_entries.hpp"

namespace teranga::launcher {
namespace {

const char* const introduction =
    "A recipe is a TOML file. Its tables have the keys below, and every part that a plugin makes has the options of its type beside them. The command \"teranga reference\" prints this page, "
    "\"teranga reference training.batch_size\" one key, and \"teranga reference layer dense\" one type with its options.";
const char* const reading =
    "Where the type is initializer, activation, schedule or another kind of plugin, the value is the name of a type, or a table with the type and its options: kernel_initializer = \"he_normal\" or "
    "kernel_initializer = { type = \"he_normal\", seed = 3 }.";

// "layer dense", "[layer] dense" and "layer.dense" are one name.
std::string name_of(const std::vector<std::string>& words) {
  std::string name = fmt::format("{}", fmt::join(words, "."));
  std::erase_if(name, [](char c) { return c == '[' || c == ']'; });
  return name;
}

int run_reference(const Arguments& arguments) {
  const PageFormat format = arguments.one_of("format", {"markdown", "text"}) == "text" ? PageFormat::text : PageFormat::markdown;
  const host::Registry registry = train::open_plugins(arguments.texts("plugin"));
  const model::PluginCatalogue catalogue(registry);
  const ReferenceEntries entries(registry, catalogue);
  std::vector<ReferenceSection> sections;
  if (arguments.operands().empty()) {
    sections = entries.page();
    ReferenceSection title(1, {"The keys of a recipe"});
    title.paragraphs = {introduction, reading};
    sections.insert(sections.begin(), std::move(title));
  } else {
    sections = entries.find(name_of(arguments.operands()));
  }
  print_out("{}", page_text(sections, format));
  return 0;
}

}  // namespace

Command reference_command() {
  Command command;
  command.name = "reference";
  command.summary = "the keys of recipes: type, default, range, meaning and an example of each";
  command.operands = "[NAME ...]";
  command.most_operands = 3;
  command.about =
      "Prints every table and key of a recipe, with all types of layers, losses, optimizers, metrics, schedules, activations, initializers and data sets. NAME shows one table, key or type: training, "
      "training.batch_size, batch_size, layer dense, layer.dense.units, data csv.";
  command.options = {{"format", "FORMAT", "markdown (default) or text"}, {"plugin", "FILE", "a plugin file beside those on the search path; may be given again", 0, true}};
  command.examples = {"teranga reference", "teranga reference training.batch_size --format text", "teranga reference layer dense"};
  command.run = run_reference;
  return command;
}

}  // namespace teranga::launcher
