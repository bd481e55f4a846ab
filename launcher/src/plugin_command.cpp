// SPDX-License-Identifier: Apache-2.0
// teranga plugin list | describe: what layers, losses, optimizers, ... there are, and what each of them wants.
#include <teranga/core/error.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/model/catalogue.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "option_words.hpp"
#include "print.hpp"
#include "table.hpp"

namespace teranga::launcher {
namespace {

host::Registry registry_for(const Arguments& arguments) { return train::open_plugins(arguments.texts("plugin")); }

int list_plugins(const Arguments& arguments) {
  const host::Registry registry = registry_for(arguments);
  const std::vector<const host::Item*> items = arguments.operands().empty() ? registry.items() : registry.items(host::kind_of(arguments.operand(0)));
  Table table({"kind", "name", "summary"});
  for (const host::Item* item : items) table.add({host::to_string(item->kind), item->name, item->native->summary});
  print_out("{}", table.text());
  if (table.empty()) print_error("no plugin was found in {}\n", fmt::join(registry.folders(), ", "));
  return 0;
}

void fact(const char* name, const std::string& text) {
  if (!text.empty()) print_out("{:<8}  {}\n", name, text);
}

void print_options(const Schema& options) {
  if (options.empty()) {
    print_out("\nno options\n");
    return;
  }
  print_out("\n");
  Table table({"option", "type", "default", "about"});
  for (const OptionSpec& option : options) table.add({option.name, type_words(option), default_words(option), option.doc});
  print_out("{}", table.text());
}

void describe(const host::Item& item, const model::PluginCatalogue& catalogue) {
  const trg_item& native = *item.native;
  print_out("{} {}\n", host::to_string(item.kind), item.name);
  fact("summary", native.summary);
  fact("formula", native.formula);
  fact("source", native.source);
  fact("version", native.version);
  fact("licence", native.licence);
  fact("author", native.author);
  fact("file", item.library->path);
  const Schema* schema = catalogue.find(host::to_string(item.kind), item.name);
  print_options(schema ? *schema : item.schema);
}

int describe_all(const Arguments& arguments) {
  const host::Registry registry = registry_for(arguments);
  const model::PluginCatalogue catalogue(registry);
  const bool of_kind = arguments.operands().size() == 2;
  const std::vector<const host::Item*> items = of_kind ? registry.items(host::kind_of(arguments.operand(0))) : registry.items();
  const std::string name = arguments.operands().back();
  std::vector<std::string> names;
  std::map<host::Kind, std::vector<std::string>> offered;  // by the qualified names
  for (const host::Item* item : items) {
    names.push_back(item->short_name);
    if (item->name != name && item->short_name != name) continue;
    if (!offered.empty()) print_out("\n");
    describe(*item, catalogue);
    offered[item->kind].push_back(item->name);
  }
  for (const auto& [kind, vendors] : offered)
    if (vendors.size() > 1) print_out("\nthe {} \"{}\" is offered by several vendors: in a recipe, write one of \"{}\"\n", host::to_string(kind), name, fmt::join(vendors, "\", \""));
  bool found = !offered.empty();
  const bool among_layers = !of_kind || arguments.operand(0) == "layer";
  if (const Schema* own = found || !among_layers ? nullptr : catalogue.find("layer", name)) {  // a type that is no plugin
    print_out("layer {}\n", catalogue.qualified("layer", name));
    print_options(*own);
    found = true;
  }
  if (!found && (name == "accuracy" || name == "acc"))
    throw Error(ExitCode::usage, fmt::format("\"{}\" is no plugin of its own: it stands for binary_accuracy, categorical_accuracy or sparse_categorical_accuracy, by the shapes of output and target", name), "teranga plugin describe sparse_categorical_accuracy");
  if (found) return 0;
  const auto nearest = nearest_name(name, names);
  const std::string kind = of_kind ? fmt::format("{} ", arguments.operand(0)) : "";
  throw Error(ExitCode::usage, fmt::format("there is no plugin \"{}{}\"", kind, name), nearest ? fmt::format("teranga plugin describe {}{}", kind, *nearest) : "teranga plugin list");
}

OptionHelp plugin_option() { return {"plugin", "FILE", "a plugin file in addition to those on the search path; may be given again", 0, true}; }

}  // namespace

Command plugin_list_command() {
  Command command;
  command.name = "plugin list";
  command.summary = "the plugins that there are, by kind and name";
  command.operands = "[KIND]";
  command.most_operands = 1;
  command.about = "Lists what the plugin files of the search path offer. KIND is layer, activation, loss, optimizer, metric, schedule, initializer, dataset or observer. The search path is "
                  "TERANGA_PLUGIN_PATH (absolute folders, colon-separated), then lib/teranga/plugins of the installation.";
  command.options = {plugin_option()};
  command.examples = {"teranga plugin list", "teranga plugin list layer"};
  command.run = list_plugins;
  return command;
}

Command plugin_describe_command() {
  Command command;
  command.name = "plugin describe";
  command.summary = "what a plugin does, and its options with defaults and ranges";
  command.operands = "[KIND] TYPE";
  command.least_operands = 1;
  command.most_operands = 2;
  command.about = "Prints the facts of a plugin: summary, formula, source, file, and every option with its type, range and default. TYPE is short (dense) or with its vendor (teranga.dense). "
                  "If plugins of several kinds or vendors have this name, all of them are printed; KIND takes those of one kind.";
  command.options = {plugin_option()};
  command.examples = {"teranga plugin describe conv2d", "teranga plugin describe teranga.adam", "teranga plugin describe layer dense"};
  command.run = describe_all;
  return command;
}

}  // namespace teranga::launcher
