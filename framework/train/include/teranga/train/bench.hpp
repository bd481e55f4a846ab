// SPDX-License-Identifier: Apache-2.0
// How long a training step takes: forward, loss, backward, averaging and update, as a training makes it, again and again on one batch that lies in memory.
// Reading data, logs and checkpoints are left out.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <teranga/core/error.hpp>
#include <teranga/train/profiling.hpp>

namespace teranga::train {

struct BenchTask {
  std::string recipe;                  // path
  std::vector<std::string> overrides;  // of --set
};

struct BenchOptions {
  int threads = 0;         // of this rank; 0: all cores it may use
  bool pin = true;          // ranks of a node that may run on the same cores get cores of their own
  double seconds = 3;      // of timed steps; at least 30 steps are timed, however long they take
  std::int64_t steps = 0;  // so many timed steps instead; 0: by time
  Profiling profile;       // steps count from 1 with the first timed one
  bool marks = true;       // whether MachineSpeed is measured; it is a lot to do for a machine that is simulated
};

// What the machine can do, summed over the ranks (teranga/math/machine_speed.hpp); 0 where it is not measured.
struct MachineSpeed {
  int ranks = 1, threads = 1;  // threads of a rank
  double peak_gflops = 0;      // f32 multiply-adds
  double triad_gbytes = 0;     // per second, from and to memory
};

struct StepSpeed {
  std::string recipe;            // its name
  MachineSpeed machine;          // peak_gflops measured anew, right before
  std::int64_t batch = 0, parameters = 0, steps = 0;  // steps: timed ones
  double flops = 0;              // of a step, as the summary counts them
  double median_ms = 0, least_ms = 0;
  std::string profile_table, profile_json, trace;  // where a profile is wanted: lines of text, a JSON object, a file for a viewer of traces
  double peak_memory_bytes = 0;  // of the rank that has most, from reading the data to the last step; the measuring of the machine is left out
  double message_ns = 0;  // between threads of a rank, to and fro, of the rank where it takes longest (teranga/parallel/team.hpp); 0: not measured
  double first_loss = 0, loss = 0;  // of the first step of all and of the last one; summed over the phases

  double gflops() const { return flops / median_ms / 1e6; }
  double share_of_peak() const { return machine.peak_gflops > 0 ? gflops() / machine.peak_gflops : 0; }
};

// Times each recipe in turn; `told` hears of each on rank 0, when it is done. All recipes are checked before the first one is timed. All ranks call it.
// Throws Error, as training does.
ExitCode bench(const std::vector<BenchTask>& tasks, const BenchOptions& options, const std::function<void(const StepSpeed&)>& told);

}  // namespace teranga::train
