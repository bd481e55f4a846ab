// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace teranga {

// The MPI library that this process uses, as it names itself: "Open MPI v4.1.4"; "no MPI" in a build without one.
std::string mpi_version();

// What MPI lets threads do, as its standard names it: "MPI_THREAD_SERIALIZED". Empty in a process that has not started MPI.
std::string mpi_thread_level();

}  // namespace teranga
