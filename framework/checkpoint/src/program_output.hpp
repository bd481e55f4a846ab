// SPDX-License-Identifier: Apache-2.0
// What another program says, in a limited time.
#pragma once

#include <string>
#include <vector>

namespace teranga::checkpoint {

struct ProgramOutput {
  int code = -1;             // its exit code; -1: it cannot be started, was killed by a signal, or took too long
  std::string text, errors;  // of its standard output and standard error, at most 64 KiB of each
};

// The first word is looked for in PATH. The program reads nothing; variables of the environment that change what squeue prints are left out. Never throws for what the program does.
ProgramOutput output_of(const std::vector<std::string>& words, double seconds);

}  // namespace teranga::checkpoint
