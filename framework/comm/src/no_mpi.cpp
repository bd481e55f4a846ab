// SPDX-License-Identifier: Apache-2.0
// Stands in for mpi_communicator.cpp and mpi_version.cpp in a build without MPI.
#include <teranga/comm/communicator.hpp>

#include <teranga/comm/launch.hpp>
#include <teranga/comm/mpi_version.hpp>
#include <teranga/core/error.hpp>

#include <fmt/format.h>

#include <teranga/comm/group_of_one.hpp>

namespace teranga {

std::unique_ptr<Communicator> Communicator::connect() {
  if (launched_size() > 1)
    throw Error(
        ExitCode::usage,
        fmt::format("the launcher started {} processes, but this build of Teranga has no MPI: each would train by itself", launched_size()),
        "build Teranga with MPI: cmake --preset release -DTERANGA_MPI=ON && cmake --build --preset release");
  return group_of_one();
}

std::string mpi_version() { return "no MPI"; }
std::string mpi_thread_level() { return {}; }

}  // namespace teranga
