// SPDX-License-Identifier: Apache-2.0
// HDF5 1.10 crashes in places where it gets no memory. So it is asked to build a file only where there is enough.
#pragma once

#include <string>

namespace teranga::h5 {

// Throws NoMemory(failure) where the process cannot have the memory that HDF5 needs for a file of some thousand objects.
void require_memory(const std::string& who);

}  // namespace teranga::h5
