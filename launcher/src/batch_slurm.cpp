// SPDX-License-Identifier: Apache-2.0
// The job script for Slurm. `scontrol requeue` queues a job again under its number, and counts how often.
#include "batch_script.hpp"

#include <cmath>

#include <fmt/format.h>

namespace teranga::launcher {
namespace {

std::string slurm_head(const BatchJob& job) {
  std::string out = "#!/bin/bash\n# Trains with Teranga under Slurm until the training is complete. Submit this script with sbatch. Words behind its name go to the training:\n#   sbatch SCRIPT --set training.epochs=20\n# Do not give --fresh or --resume FILE: every start of the job would then begin anew.\n";
  const auto ask = [&](const std::string& option) { out += "#SBATCH " + option + "\n"; };
  ask("--job-name=" + job.name);
  ask(fmt::format("--nodes={}", job.nodes));
  ask(fmt::format("--ntasks-per-node={}", job.ranks_per_node));
  ask(job.threads > 0 ? fmt::format("--cpus-per-task={}", job.threads) : "--exclusive");
  ask("--time=" + clock_text(job.seconds));
  if (!job.partition.empty()) ask("--partition=" + job.partition);
  if (!job.account.empty()) ask("--account=" + job.account);
  if (job.array) ask("--array=" + array_text(*job.array));
  out += fmt::format("# The processes get USR2 {} s before the time limit, or up to a minute earlier. They write a checkpoint and end with exit code 75. (With \"B:\", only this\n# script would get the signal.)\n", job.margin);
  ask(fmt::format("--signal=USR2@{}", job.margin));
  out += "# The job may be queued again, and its log then goes on.\n";
  ask("--requeue");
  ask("--open-mode=append");
  ask(fmt::format("--output={}-{}.log", job.name, job.array ? "%A_%a" : "%j"));
  for (const std::string& option : job.options) ask(option);
  return out;
}

}  // namespace

std::string slurm_script(const BatchJob& job) {
  std::string out = slurm_head(job) + "\n";
  out += job_variables(job, "$SLURM_ARRAY_TASK_ID", job.threads > 0 ? std::to_string(job.threads) : fmt::format("$((SLURM_CPUS_ON_NODE / {}))", job.ranks_per_node));
  out += R"(
# srun takes the cores of a process from this variable; it does not read --cpus-per-task of the job.
export SRUN_CPUS_PER_TASK=$threads
# In an array, SLURM_JOB_ID is not the name of a single job: requeueing that would requeue others.
job=$SLURM_JOB_ID
if [ -n "${SLURM_ARRAY_JOB_ID:-}" ]; then job=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID; fi
requeues=${SLURM_RESTART_COUNT:-0}

say() { echo "=== $(date '+%F %T') job $job: $*"; }
checkpoints() { find "$run/checkpoints" -name '*.h5' 2>/dev/null | sort; }

# scancel sends TERM: the training then writes a checkpoint, and the job must not come back.
cancelled=no
trap 'cancelled=yes' TERM
before=$(checkpoints)
say "on $SLURM_JOB_NODELIST, queued again $requeues times"
)";
  out += training_command(job, "srun --mpi=pmix --kill-on-bad-exit=1 --cpu-bind=cores", "");
  return out + ending("scontrol requeue \"$job\"", "\"$code\"");
}

}  // namespace teranga::launcher
