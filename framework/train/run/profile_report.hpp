// SPDX-License-Identifier: Apache-2.0
// The profiles of all ranks as something to read: a table, the same as JSON, and a trace for Perfetto or chrome://tracing. Each rank's trace has its own
// clock; all of them begin at a barrier.
#pragma once

#include <string>

#include <teranga/comm/communicator.hpp>
#include <teranga/parallel/profile.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/train/bench.hpp>
#include <teranga/train/profiling.hpp>

namespace teranga::train {

// Room for the trace of so many steps after those that warm up. `warm_up` is the number of the last of them.
Profile::Traced traced_steps(const Profiling& asked, std::int64_t warm_up, int threads);

// What `measure` finds on each rank, in all. Collective.
double of_all(Communicator& comm, Team& team, double (*measure)(Team&));

struct ProfileReport {
  std::string table;    // lines of 120 columns at most
  std::string summary;  // a JSON object: every row
  std::string trace;    // the trace event format, with the summary under "profile"
};

// Collective; empty but on rank 0.
ProfileReport report_of(const Profile& profile, const MachineSpeed& machine, Communicator& comm);

}  // namespace teranga::train
