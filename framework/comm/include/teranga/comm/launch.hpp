// SPDX-License-Identifier: Apache-2.0
// What the environment says about the launcher (mpirun, srun, a PMI process manager), before and without MPI: starting MPI costs a quarter
// of a second, so a process that nobody launched as a group never does.
#pragma once

namespace teranga {

bool launched_by_mpi();
int launched_rank();  // 0 where nobody launched it
int launched_size();  // 1 where nobody launched it, or where the launcher does not say

// Several tasks of a Slurm job step, to which nothing says how they find each other. Only an MPI of old, made for Slurm's own library, knows.
bool launched_without_process_manager();

// Where a host is lost: ends what started this process, and with it the job, if it is the mpirun of Open MPI, or its daemon on this host. Once a job is to be aborted, mpirun waits for
// the daemons of all hosts, also for that of a lost one, and a daemon for mpirun. Asked twice to terminate, mpirun does so at once, with the exit code 1. False: there is no such
// process here, or it stays. Takes some seconds.
bool end_launcher() noexcept;

}  // namespace teranga
