// SPDX-License-Identifier: Apache-2.0
// The options by which commands that train are told to profile their steps.
#pragma once

#include <string>

#include <teranga/train/profiling.hpp>

#include "command.hpp"

namespace teranga::launcher {

class Arguments;

OptionHelp profile_option(const std::string& where);  // where table and trace go
OptionHelp trace_steps_option(const std::string& otherwise);

// Throws Error(usage) for --trace-steps that are no range, or without --profile. `command` as it is typed.
train::Profiling profiling_of(const Arguments& arguments, const std::string& command);

}  // namespace teranga::launcher
