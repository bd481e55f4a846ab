// SPDX-License-Identifier: Apache-2.0
// Who a process is, well enough that another process can later say whether it still lives.
#pragma once

#include <optional>
#include <string>

namespace teranga::checkpoint {

struct ProcessIdentity {
  std::string host;
  std::string boot;        // one start of the host's kernel
  std::string name_space;  // in which the process number counts: a container has its own
  long process = 0;
  std::string started;  // in ticks since boot, as the kernel prints it
};

enum class Life { alive, dead, unknown };

ProcessIdentity this_process();
Life life_of(const ProcessIdentity& other);  // unknown: on another host or in another container

// One line without spaces in its parts, and back.
std::string to_line(const ProcessIdentity& identity);
std::optional<ProcessIdentity> from_line(const std::string& line);

}  // namespace teranga::checkpoint
