// SPDX-License-Identifier: Apache-2.0
#include "completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "help.hpp"

namespace teranga::launcher {
namespace {

const char* const fish_head = R"(# Completion of teranga's command lines for fish, written by "teranga reference --format fish".
function __teranga_begins  # WORD...: whether these words follow the name of the program
    set -l typed (commandline -opc)
    set -e typed[1]
    set -l words (count $argv)
    test (count $typed) -ge $words
    and test "$typed[1..$words]" = "$argv"
end

function __teranga_is  # [WORD...]: whether they are all that was typed before this word
    set -l typed (commandline -opc)
    set -e typed[1]
    test "$typed" = "$argv"
end

complete -c teranga -f
)";

std::string fish_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  out += '\'';
  return out;
}

// The options of `complete` that offer it.
std::string fish_orders(const Offer& offer) {
  std::vector<std::string> words = offer.words;
  if (offer.files == OfferedFiles::folders) words.emplace_back("(__fish_complete_directories)");
  if (offer.files == OfferedFiles::recipes) words.emplace_back("(__fish_complete_suffix .toml)");
  std::string out = offer.files == OfferedFiles::any ? " -F" : "";
  if (!words.empty()) out += fmt::format(" -a {}", fish_quoted(fmt::format("{}", fmt::join(words, " "))));
  return out;
}

}  // namespace

std::string fish_completion(const CompletionWords& words) {
  std::string out = fish_head;
  for (const std::string& word : first_words()) out += fmt::format("complete -c teranga -n __teranga_is -a {} -d {}\n", word, fish_quoted(summary_of_first(word)));
  out += "complete -c teranga -n __teranga_is -l help -d 'this text'\ncomplete -c teranga -n __teranga_is -l version -d 'the version of the program'\n";
  for (const CommandGroup& group : command_groups())
    for (const Command* command : group.commands)
      out += fmt::format("complete -c teranga -n '__teranga_is {}' -a {} -d {}\n", group.word, command->name.substr(group.word.size() + 1), fish_quoted(command->summary));
  for (const Command& command : commands()) {
    const std::string here = fmt::format("complete -c teranga -n '__teranga_begins {}'", command.name);
    for (const OptionHelp& option : options_of(command)) {
      out += fmt::format("{} -l {}{}", here, option.name, option.letter ? fmt::format(" -s {}", option.letter) : "");
      if (!option.value.empty()) {
        const Offer offer = offer_for(option.value, words);
        out += fmt::format(" {}{}", offer.files == OfferedFiles::any ? "-r" : "-x", fish_orders(offer));
      }
      out += fmt::format(" -d {}\n", fish_quoted(option.doc));
    }
    const std::string operands = fish_orders(offer_for(command.operands, words));
    if (!operands.empty()) out += fmt::format("{}{}\n", here, operands);
  }
  return out;
}

}  // namespace teranga::launcher
