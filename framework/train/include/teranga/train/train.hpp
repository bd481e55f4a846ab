// SPDX-License-Identifier: Apache-2.0
// Training: from a recipe to a trained, checkpointed network, on all ranks of the launched group.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/core/error.hpp>
#include <teranga/train/profiling.hpp>

namespace teranga {
class Service;
}

namespace teranga::train {

// fresh: the former run is kept aside, and the training begins anew.
enum class Resume { automatic, never, from_file, fresh };
enum class ProgressMode { automatic, bar, plain, json, none };

struct TrainOptions {
  std::string program;               // its version, for the log
  std::vector<std::string> command;  // the words that were typed, for the log
  std::string recipe;                  // path
  std::vector<std::string> overrides;  // of --set
  std::string run;                     // folder; empty: runs/<recipe name>
  Resume resume = Resume::automatic;
  std::string resume_file;
  std::string init_weights;  // a checkpoint, a folder of some, or a Keras weight file; not with a resume that finds something
  bool partly = false;       // of it, what fits the network by name and shape
  bool force_recipe = false;  // go on from a checkpoint although the recipe has changed in keys that change steps
  bool force_data = false;   // go on from a checkpoint that was trained on other data
  double wait_for_owner = 0;  // s that another job which writes into the run folder is waited for
  double max_time = 0;       // seconds; 0: none
  bool heeds_job_limit = true;  // without max_time: the end of the batch job is found, and the run ends before it
  bool watched = true;       // a stall is noticed, and ends the job
  double stall_limit = 0;    // seconds without progress that are a stall; 0: learnt from the run
  ProgressMode progress = ProgressMode::automatic;
  int threads = 0;           // of this rank; 0: all cores it may use
  bool pin = true;          // ranks of a node that may run on the same cores get cores of their own
  Profiling profile;         // its trace goes to the run folder; the steps are those of the run
  bool dry_run = false;      // all but the steps: plans, data, generation 0
  std::int64_t most_steps = 0;       // greater than 0: the run ends after so many steps, without an evaluation of the test part
  std::int64_t fast_dev_run = 0;     // greater than 0: one epoch of so many batches, as many of each other part, and nothing is kept
  std::int64_t overfit_batches = 0;  // greater than 0: train on so many batches alone, always the same ones
  Service* service = nullptr;        // that listens to signals already, and goes on after the training; null: the training has one of its own
};

// Done, or requeue where it was stopped early. All ranks call it. Throws Error; an error that every rank knows of is thrown on every rank.
ExitCode train(const TrainOptions& options);

}  // namespace teranga::train
