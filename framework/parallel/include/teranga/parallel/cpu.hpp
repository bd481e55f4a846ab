// SPDX-License-Identifier: Apache-2.0
// How many cores this process may use. Launchers bind processes to cores (mpirun gives a rank a single one when there are one or two
// ranks), and containers limit them; both are honoured, and the report lets a run tell its user what is left idle.
#pragma once

#include <vector>

namespace teranga {

struct CpuReport {
  int usable = 1;  // cores: the affinity mask, further limited by the processor time that the control group grants
  int bound = 1;   // cores in the affinity mask
  int online = 1;  // cores of the node that the control group lets this process be bound to
  std::vector<int> cores;  // numbers of those in the affinity mask; empty where the kernel does not tell them
};

CpuReport cpu_report();
int usable_cores();

// The numbers of all cores of this machine (of hardware threads, where cores have several) such that neighbours in the list are near to each other, as those are that share a core,
// a cache or a socket. Empty where hwloc finds nothing.
std::vector<int> cores_by_distance();

// This thread, and those that it starts from now on, run on these cores alone. Whether the kernel has done it.
bool run_on(const std::vector<int>& cores);

}  // namespace teranga
