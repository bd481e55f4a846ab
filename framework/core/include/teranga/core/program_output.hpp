// SPDX-License-Identifier: Apache-2.0
// Asks another program something, such as squeue, and waits for the answer in a limited time.
#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace teranga {

struct ProgramOutput {
  int code = -1;             // the exit code; -1: the program cannot be started, was ended by a signal, or took too long
  std::string text, errors;  // of its standard output and standard error, at most 64 KiB of each
  std::string failure = {};  // "squeue gave no answer within 10 s"; empty if the code is 0
};

// The first word is looked for in PATH. The program reads nothing and holds no file of this process. Variables of the environment that change what squeue prints
// are left out. The program is killed, with all processes of its group, after so many seconds, or as soon as `stops` is set. Any thread. Never throws for what
// the program does.
ProgramOutput output_of(const std::vector<std::string>& words, double seconds, const std::atomic<bool>* stops = nullptr);

}  // namespace teranga
