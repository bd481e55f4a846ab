// SPDX-License-Identifier: Apache-2.0
// The job of a batch system that a process belongs to, and what Slurm says of such a job.
#pragma once

#include <string>

namespace teranga::checkpoint {

struct BatchJob {
  std::string system;   // "slurm", "pbs", "lsf" or "flux"; empty: no job
  std::string id;       // unique within the cluster; in a job array, the id of the task
  std::string cluster;  // Slurm's name of it; empty where it is not known
  long restarts = 0;    // how often Slurm has started the job anew: a requeued job keeps its id
};

BatchJob own_job();
std::string spoken(const BatchJob& job);  // "Slurm job 77"; empty without a job

// Whether `former` is an earlier start of the same job. Its processes are gone, unless they are on a node that Slurm no longer reaches.
bool is_former_start(const BatchJob& former, const BatchJob& own);

enum class JobState { over, running, suspended, unknown };

// Asks squeue, for a few seconds at most. `of_own_user`: Slurm may hide jobs of other users, so that a job that Slurm does not know is over only if it is of the same user.
// Unknown for other batch systems, for a job of another cluster, and where Slurm does not answer.
JobState state_of(const BatchJob& job, bool of_own_user);

}  // namespace teranga::checkpoint
