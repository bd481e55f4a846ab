// SPDX-License-Identifier: Apache-2.0
// Help texts, made from what the commands declare, and what they share with the manual pages and with the completion of command lines.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"

namespace teranga::launcher {

struct ExitMeaning {
  int code;
  const char* meaning;
};

const std::vector<ExitMeaning>& exit_meanings();
const char* about_program();
std::vector<OptionHelp> options_of(const Command& command);  // its own and --help

std::string help();  // of the program
std::string help(const Command& command);
std::string help_of_group(const std::string& word);  // "plugin": all commands that begin with it

}  // namespace teranga::launcher
