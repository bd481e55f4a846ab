// SPDX-License-Identifier: Apache-2.0
#include "completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "help.hpp"

namespace teranga::launcher {
namespace {

const char* const bash_head = R"(# Completion of teranga's command lines for bash, written by "teranga reference --format bash".
_teranga_files() {  # ACTION [SUFFIX]: the files or the folders that begin with the word
  local name
  compopt -o filenames
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -A "$1" ${2:+-X "!*$2"} -- "$word")
}

_teranga() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]-} place=1 words=
  COMPREPLY=()
)";

const char* const bash_value = R"(  # Bash parts a word at its equals signs.
  if [ "$word" = = ]; then
    word=
  elif [ "$before" = = ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
)";

const char* const bash_tail = R"(}
complete -F _teranga teranga
)";

// The orders that offer it, after "pattern)" of a case.
std::string bash_orders(const Offer& offer) {
  std::string out;
  if (!offer.words.empty()) out += fmt::format(" words='{}';", fmt::join(offer.words, " "));
  if (offer.unfinished) out += " compopt -o nospace;";
  if (offer.files == OfferedFiles::any) out += " _teranga_files file;";
  if (offer.files == OfferedFiles::folders) out += " _teranga_files directory;";
  if (offer.files == OfferedFiles::recipes) out += " _teranga_files file .toml; _teranga_files directory;";
  out += " ;;\n";
  return out;
}

std::string bash_options(const Command& command) {
  std::string out;
  for (const OptionHelp& option : options_of(command)) out += fmt::format("{}--{}", out.empty() ? "" : " ", option.name);
  return out;
}

}  // namespace

std::string bash_completion(const CompletionWords& words) {
  std::string out = bash_head;
  out += fmt::format("  if [ \"$COMP_CWORD\" = 1 ]; then\n    words='{} help --help --version'\n  else\n    case $command in\n", fmt::join(first_words(), " "));
  for (const CommandGroup& group : command_groups()) {
    std::string second;
    for (const Command* command : group.commands) second += fmt::format("{} ", command->name.substr(group.word.size() + 1));
    out += fmt::format("      {}) command=\"$command ${{COMP_WORDS[2]-}}\" place=2; [ \"$COMP_CWORD\" = 2 ] && words='{}--help' ;;\n", group.word, second);
  }
  out += fmt::format("      help) place=$COMP_CWORD words='{}' ;;\n    esac\n  fi\n", fmt::join(first_words(), " "));
  out += "  if [ \"$COMP_CWORD\" = 1 ] || [ \"$COMP_CWORD\" -le \"$place\" ]; then\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n    return\n  fi\n";
  out += bash_value;
  out += "  case \"$command $before\" in\n";
  for (const Command& command : commands())
    for (const OptionHelp& option : command.options)
      if (!option.value.empty()) out += fmt::format("    {}\"{} --{}\"){}", option.letter ? fmt::format("\"{} -{}\" | ", command.name, option.letter) : "", command.name, option.name, bash_orders(offer_for(option.value, words)));
  out += "    *)\n      case $word in\n        -*)\n          case $command in\n";
  for (const Command& command : commands()) out += fmt::format("            \"{}\") words='{}' ;;\n", command.name, bash_options(command));
  out += "          esac\n          ;;\n        *)\n          case $command in\n";
  for (const Command& command : commands()) out += fmt::format("            \"{}\"){}", command.name, bash_orders(offer_for(command.operands, words)));
  out += "          esac\n          ;;\n      esac\n      ;;\n  esac\n";
  out += "  [ -z \"$words\" ] || while IFS= read -r word; do COMPREPLY+=(\"$word\"); done < <(compgen -W \"$words\" -- \"$word\")\n";
  out += bash_tail;
  return out;
}

}  // namespace teranga::launcher
