// SPDX-License-Identifier: Apache-2.0
// teranga reference: every key of a recipe, from the tables with which recipes are checked.
#include <teranga/core/error.hpp>
#include <teranga/core/replace_file.hpp>
#include <teranga/recipe/reference.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "arguments.hpp"
#include "command.hpp"
#include "completion.hpp"
#include "manual.hpp"
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

std::vector<ReferenceSection> whole_page(const ReferenceEntries& entries) {
  std::vector<ReferenceSection> sections = entries.page();
  ReferenceSection title(1, {"The keys of a recipe"});
  title.paragraphs = {introduction, reading};
  sections.insert(sections.begin(), std::move(title));
  return sections;
}

CompletionWords completion_words(const host::Registry& registry) {
  CompletionWords words;
  for (const recipe::ReferenceTable& table : recipe::reference_tables()) {
    if (!table.path.empty()) words.names.push_back(table.path);
    for (const OptionSpec& key : table.keys)
      if (table.path.empty() || table.path == "data" || table.path.starts_with("training") || table.path.starts_with("checkpoint") || table.path == "log")
        if (key.kind != OptionKind::table && key.kind != OptionKind::component) words.keys.push_back(fmt::format("{}{}{}=", table.path, table.path.empty() ? "" : ".", key.name));
  }
  words.keys.push_back("optimizer.learning_rate=");
  for (const host::Item* item : registry.items()) {
    const std::string kind = host::to_string(item->kind);
    if (std::find(words.kinds.begin(), words.kinds.end(), kind) == words.kinds.end()) words.kinds.push_back(kind);
    if (std::find(words.types.begin(), words.types.end(), item->short_name) == words.types.end()) words.types.push_back(item->short_name);
  }
  for (const std::string& kind : words.kinds)
    if (std::find(words.names.begin(), words.names.end(), kind) == words.names.end()) words.names.push_back(kind);
  return words;
}

void write_page(const std::filesystem::path& path, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (const int code = error ? error.value() : replace_file(path.string(), text); code != 0)
    throw Error(ExitCode::failure, fmt::format("reference: {} cannot be written: {}", path.string(), std::strerror(code)));
}

// The tree that packages put into share.
void write_share(const std::filesystem::path& folder, const ReferenceEntries& entries, const CompletionWords& words) {
  write_page(folder / "man/man1/teranga.1", manual());
  for (const Command& command : commands()) write_page(folder / "man/man1" / (manual_name(command) + ".1"), manual(command));
  write_page(folder / "man/man5/teranga-recipe.5", manual_of_recipes(whole_page(entries)));
  write_page(folder / "bash-completion/completions/teranga", bash_completion(words));
  write_page(folder / "zsh/site-functions/_teranga", zsh_completion(words));
  write_page(folder / "fish/vendor_completions.d/teranga.fish", fish_completion(words));
}

int run_reference(const Arguments& arguments) {
  const std::string format = arguments.one_of("format", {"markdown", "text", "man", "bash", "zsh", "fish"});
  const host::Registry registry = train::open_plugins(arguments.texts("plugin"));
  const model::PluginCatalogue catalogue(registry);
  const ReferenceEntries entries(registry, catalogue);
  const CompletionWords words = completion_words(registry);
  if (arguments.has("share")) {
    if (arguments.has("format") || !arguments.operands().empty()) throw Error(ExitCode::usage, "reference: --share writes all pages, and takes no --format and no name", "teranga reference --share FOLDER");
    write_share(arguments.text("share"), entries, words);
    return 0;
  }
  const bool completion = format == "bash" || format == "zsh" || format == "fish";
  if (completion && !arguments.operands().empty())
    throw Error(ExitCode::usage, fmt::format("reference: the completion for {} is that of all commands, and takes no name", format), fmt::format("teranga reference --format {}", format));
  if (completion) {
    print_out("{}", format == "bash" ? bash_completion(words) : format == "zsh" ? zsh_completion(words) : fish_completion(words));
    return 0;
  }
  const std::vector<ReferenceSection> sections = arguments.operands().empty() ? whole_page(entries) : entries.find(name_of(arguments.operands()));
  print_out("{}", format == "man" ? manual_of_recipes(sections) : page_text(sections, format == "text" ? PageFormat::text : PageFormat::markdown));
  return 0;
}

}  // namespace

Command reference_command() {
  Command command;
  command.name = "reference";
  command.summary = "the keys of recipes: type, default, range, meaning and an example of each";
  command.operands = "[TABLE|KEY|TYPE ...]";
  command.most_operands = 3;
  command.about =
      "Prints every table and key of a recipe, with all types of layers, losses, optimizers, metrics, schedules, activations, initializers, data sets and observers; or one table, key or type: training, "
      "training.batch_size, batch_size, layer dense, layer.dense.units, data csv. --format man writes a manual page for man -l. --format bash, zsh or fish writes a completion script for "
      "that shell.";
  command.options = {{"format", "markdown|text|man|bash|zsh|fish", "the form of the page (default: markdown), or the shell to write the completion for"},
                     {"share", "FOLDER", "write the manual pages and the completion scripts into FOLDER, in the layout of share; print nothing"},
                     {"plugin", "FILE", "a plugin file in addition to those on the search path; may be given again", 0, true}};
  command.examples = {"teranga reference", "teranga reference training.batch_size --format text", "teranga reference layer dense", "source <(teranga reference --format bash)"};
  command.run = run_reference;
  return command;
}

}  // namespace teranga::launcher
