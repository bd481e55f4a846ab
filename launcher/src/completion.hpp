// SPDX-License-Identifier: Apache-2.0
// Completion of command lines for bash, zsh and fish: scripts that know all commands, their options and the words that these take. They are made from the
// tables behind --help, and run no program when they complete.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"

namespace teranga::launcher {

// Words that the tables of commands leave to plugins and recipes.
struct CompletionWords {
  std::vector<std::string> keys;   // "training.epochs=", for --set
  std::vector<std::string> kinds;  // of plugins
  std::vector<std::string> types;  // of plugins, by their short names
  std::vector<std::string> names;  // tables and kinds, for `teranga reference`
};

enum class OfferedFiles { none, any, folders, recipes };

// What may stand at a place: words, files or both.
struct Offer {
  std::vector<std::string> words;
  bool unfinished = false;  // no blank follows the words
  OfferedFiles files = OfferedFiles::none;
};

// For what stands for it in the help: "auto|never|FILE", "RECIPE", "[KIND]".
Offer offer_for(const std::string& placeholder, const CompletionWords& words);

std::string bash_completion(const CompletionWords& words);
std::string zsh_completion(const CompletionWords& words);
std::string fish_completion(const CompletionWords& words);

// What the three have in common.
struct CommandGroup {
  std::string word;  // "plugin"
  std::vector<const Command*> commands;
};

std::vector<CommandGroup> command_groups();            // of the commands of two words
std::vector<std::string> first_words();                // of all commands, each once, in the order of the help
std::string summary_of_first(const std::string& word);  // of a command, or of the group

}  // namespace teranga::launcher
