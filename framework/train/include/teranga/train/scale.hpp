// SPDX-License-Identifier: Apache-2.0
// What one process of a cluster does in a training step, measured on this machine without the others: the ground on which steps on clusters are predicted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/comm/step_cost.hpp>
#include <teranga/comm/step_record.hpp>
#include <teranga/train/bench.hpp>

namespace teranga::train {

struct ScaleOptions {
  std::vector<int> nodes;   // ascending
  int ranks_on_node = 1;
  bool fixed_batch = false;  // the recipe's batch is that of all processes, else that of each
  int threads = 0;           // of a process; 0: all cores
  double seconds = 1;        // of timed steps for each number of nodes; five rounds at the least
};

struct RehearsedStep {
  std::string recipe;  // its name
  int nodes = 1, threads = 1;
  bool fixed_batch = false;
  std::int64_t own_rows = 0, rows = 0;  // samples of a step: of one process, of all
  StepRecord record;                    // of `steps` steps
  double steps = 1;
  double memory_bytes = 0;  // the most that the process held
  double stretch = 1;       // how many times as long work takes where all processes of a node work at once: they share its memory
  double copied_bytes_per_second = 1e10, memory_bytes_per_second = 1e11;  // of a core that copies, and of a node; measured where several processes share one
  double seconds_per_byte_added = 0;      // adding up what ranks send each other

  double samples_per_second(const StepCost& cost) const { return static_cast<double>(rows) * steps / cost.seconds; }
};

// First of one process alone (nodes = 1, a record of 1 rank), then for each number of nodes. Warns of a machine that is disturbed. Throws Error, as training does.
std::vector<RehearsedStep> rehearse(const BenchTask& task, const ScaleOptions& options);

}  // namespace teranga::train
