// SPDX-License-Identifier: Apache-2.0
// Help texts, made from what the commands declare.
#pragma once

#include <string>

#include "command.hpp"

namespace teranga::launcher {

std::string help();  // of the program
std::string help(const Command& command);
std::string help_of_group(const std::string& word);  // "plugin": all commands that begin with it

}  // namespace teranga::launcher
