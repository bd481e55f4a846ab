// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace teranga::train {

// The libraries that results and speed depend on, with the versions that this process uses: "Open MPI v4.1.4, oneDNN 2.6.0, HDF5 1.10.8".
std::string libraries_used();
// The instruction set that plugins are opened for: "x86-64-v3".
std::string instruction_set_used();

}  // namespace teranga::train
