// SPDX-License-Identifier: Apache-2.0
// Whether a training would run here, and what would hold it up: this program, its plugins and libraries, the processes that a launcher started, their machines, their network and their disks.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <teranga/core/error.hpp>

namespace teranga::train {

struct DoctorOptions {
  std::string recipe;                  // path; empty: none is looked at
  std::vector<std::string> overrides;  // of --set
  std::string run;                     // folder; empty: that of the recipe, or without one the working folder
  int threads = 0;                     // of this rank; 0: all cores it may use
};

enum class Verdict { ok, warning, problem };

struct Finding {
  std::string check;  // its name: "plugins"
  Verdict verdict = Verdict::ok;
  std::string found;
  std::string cure = {};  // what to type
  ExitCode code = ExitCode::failure;  // of a training, where it is a problem
};

// All ranks of the launched group call it; `told` hears of all findings, on rank 0. The exit code, on every rank: done where a training would run, else that of the first problem. Never throws for what
// it finds; a group that cannot be joined is a finding, too.
ExitCode examine(const DoctorOptions& options, const std::function<void(const std::vector<Finding>&)>& told);

}  // namespace teranga::train
