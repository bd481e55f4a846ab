// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace teranga {

// The MPI library that this process uses, as it names itself: "Open MPI v4.1.4"; "no MPI" in a build without one.
std::string mpi_version();

}  // namespace teranga
