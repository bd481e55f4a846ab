// SPDX-License-Identifier: Apache-2.0
// Who a process is, well enough that another process can later say whether it still lives.
#pragma once

#include <optional>
#include <string>

#include "batch_job.hpp"

namespace teranga::checkpoint {

struct ProcessIdentity {
  std::string host;
  std::string boot;        // one start of the host's kernel
  std::string name_space;  // in which the process number counts: a container has its own
  long process = 0;
  std::string started;  // in ticks since boot, as the kernel prints it
  std::string user = {};
  std::string machine = {};  // a hash of the installation's id: two hosts may have one name. Empty where it is not known
  BatchJob job = {};
};

enum class Life { alive, dead, unknown };

ProcessIdentity this_process();
Life life_of(const ProcessIdentity& other);  // by the kernel alone; unknown: on another host or in another container

std::string spoken(const ProcessIdentity& identity);  // "process 4711 of user ada on host node1 (Slurm job 77)"

// One line without spaces in its parts, and back. Lines of older versions end behind `started`.
std::string to_line(const ProcessIdentity& identity);
std::optional<ProcessIdentity> from_line(const std::string& line);

}  // namespace teranga::checkpoint
