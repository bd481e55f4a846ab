// SPDX-License-Identifier: Apache-2.0
// A file driver for libhdf5 that reads from a descriptor that is open already: of a file without a name, or whose name is another file's meanwhile.
#pragma once

#include <hdf5.h>

#include <cstdint>

namespace teranga::h5 {

// Makes a file access list read from the descriptor, which stays with the caller; `bytes`: of the file.
bool read_from(hid_t access, int descriptor, std::uint64_t bytes);

}  // namespace teranga::h5
