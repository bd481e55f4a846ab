// SPDX-License-Identifier: Apache-2.0
// Open MPI's files in /dev/shm. The processes of a machine exchange messages through them, 4 MiB for each process, and MPI_Finalize removes them. What is killed never comes there, and
// its files hold memory until the machine starts again. So their names go as soon as all processes of the machine have opened them: the memory then lasts as long as the processes.
#pragma once

#include <string>

namespace teranga {

class SharedSegments {
 public:
  // Behind a barrier of the group.
  void remove_names(int local_rank) noexcept;
  // Just before MPI_Finalize, which complains where it finds nothing to remove: an empty file.
  void give_back() noexcept;

 private:
  std::string own_;
};

}  // namespace teranga
