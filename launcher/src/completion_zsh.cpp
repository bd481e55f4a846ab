// SPDX-License-Identifier: Apache-2.0
#include "completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "help.hpp"

namespace teranga::launcher {
namespace {

const char* const zsh_head = R"(#compdef teranga
# Completion of teranga's command lines for zsh, written by "teranga reference --format zsh".
_teranga() {
  local command
  local -a commands keys
)";

// Within single quotes; `special` characters get a backslash.
std::string zsh_escaped(const std::string& text, const std::string& special) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '\\' || special.find(c) != std::string::npos) out += '\\';
    out += c;
  }
  return out;
}

// The action of a specification of _arguments.
std::string zsh_action(const Offer& offer) {
  const std::string files = offer.files == OfferedFiles::any ? "_files" : offer.files == OfferedFiles::folders ? "_files -/" : offer.files == OfferedFiles::recipes ? "_files -g \"*.toml\"" : "";
  const std::string words = fmt::format("{}", fmt::join(offer.words, " "));
  if (offer.unfinished) return "{compadd -S \"\" -a keys}";
  if (offer.words.empty()) return files.empty() ? " " : files;
  return files.empty() ? fmt::format("({})", words) : fmt::format(" _alternative \"words:word:({})\" \"files:file:{}\"", words, files);
}

std::string zsh_option(const OptionHelp& option, const CompletionWords& words) {
  const std::string about = zsh_escaped(option.doc, "[]:");
  std::string out;
  const auto add = [&](const std::string& name, const char* end) {
    out += fmt::format(" \\\n        '{}{}{}[{}]", option.repeats ? "*" : "", name, end, about);
    if (!option.value.empty()) out += fmt::format(":{}:{}", zsh_escaped(option.value, ":[]"), zsh_action(offer_for(option.value, words)));
    out += "'";
  };
  add("--" + option.name, option.value.empty() ? "" : "=");
  if (option.letter) add(fmt::format("-{}", option.letter), option.value.empty() ? "" : "+");
  return out;
}

std::string zsh_list(const std::vector<std::pair<std::string, std::string>>& list) {
  std::string out;
  for (const auto& [name, about] : list) out += fmt::format("    '{}:{}'\n", name, zsh_escaped(about, ""));
  return out;
}

}  // namespace

std::string zsh_completion(const CompletionWords& words) {
  std::vector<std::pair<std::string, std::string>> first;
  for (const std::string& word : first_words()) first.emplace_back(word, summary_of_first(word));
  std::string out = zsh_head;
  out += fmt::format("  keys=({})\n  if (( CURRENT == 2 )); then\n    commands=(\n{}    )\n    _describe command commands\n    return\n  fi\n", fmt::join(words.keys, " "), zsh_list(first));
  out += "  command=$words[2]\n  case $command in\n";
  for (const CommandGroup& group : command_groups()) {
    std::vector<std::pair<std::string, std::string>> second;
    for (const Command* command : group.commands) second.emplace_back(command->name.substr(group.word.size() + 1), command->summary);
    out += fmt::format("    {})\n      if (( CURRENT == 3 )); then\n        commands=(\n{}        )\n        _describe command commands\n        return\n      fi\n"
                       "      command=\"$command $words[3]\"\n      shift words\n      (( CURRENT-- ))\n      ;;\n",
                       group.word, zsh_list(second));
  }
  out += "  esac\n  shift words\n  (( CURRENT-- ))\n  case $command in\n";
  for (const Command& command : commands()) {
    out += fmt::format("    \"{}\")\n      _arguments", command.name);
    for (const OptionHelp& option : options_of(command)) out += zsh_option(option, words);
    const Offer operands = offer_for(command.operands, words);
    if (!operands.words.empty() || operands.files != OfferedFiles::none) out += fmt::format(" \\\n        '*:{}:{}'", zsh_escaped(command.operands, ":[]"), zsh_action(operands));
    out += "\n      ;;\n";
  }
  return out + "  esac\n}\n\n_teranga \"$@\"\n";
}

}  // namespace teranga::launcher
