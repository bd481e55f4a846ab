// SPDX-License-Identifier: Apache-2.0
// Job scripts: what a scheduler needs to know of a training, as comments that it reads, and a shell script that trains until the training is complete.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace teranga::launcher {

struct JobArray {
  std::int64_t first = 1, last = 1;
  std::int64_t at_once = 0;  // as many of its jobs run at the same time; 0: all
};

struct BatchJob {
  std::string program, recipe, run;  // absolute paths; of a sweep, `run` is its folder
  std::string name, log;             // of the job; the folder of its log, as an absolute path
  std::string partition, account;    // empty: that of the scheduler
  std::int64_t nodes = 1, ranks_per_node = 1;
  std::int64_t threads = 0;  // of a process, each on a core; 0: the cores of whole nodes
  double seconds = 0, margin = 0;  // the time limit; how long before it the training is asked to stop
  std::int64_t max_requeues = 0;
  std::optional<JobArray> array;
  std::vector<std::string> grids, overrides;  // of --grid: a sweep; of --set
  std::vector<std::string> options, before;   // lines for the scheduler; commands that come first

  std::int64_t ranks() const { return nodes * ranks_per_node; }
};

// The margin where nobody asks for one. Slurm looks at its jobs once in a minute or less.
double usual_margin(double seconds);

std::string slurm_script(const BatchJob& job);
std::string pbs_script(const BatchJob& job);
std::string lsf_script(const BatchJob& job);
std::string flux_script(const BatchJob& job);

// What the scripts have in common, in batch_script.cpp.
std::string clock_text(double seconds);        // "1-02:03:04", "4:00:00"
std::string array_text(const JobArray& array); // "1-8%2"
// Names of things in shell variables; `index` is the number of a job in its array, and `threads` words that give a number.
std::string job_variables(const BatchJob& job, const std::string& index, const std::string& threads);
// The command that trains, with the words of `launcher` before it (no quotes in them). `seconds` is an expression of the shell, after which the training stops by itself; empty: never.
std::string training_command(const BatchJob& job, const std::string& launcher, const std::string& seconds);
// From the exit code on: whether the job is queued again. `again` is a command for that, which succeeds or not. `code_of_end` is a word of the shell: the exit code where the job is not
// to be queued again.
std::string ending(const std::string& again, const std::string& code_of_end);

}  // namespace teranga::launcher
