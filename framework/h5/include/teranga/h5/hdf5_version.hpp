// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace teranga::h5 {

std::string hdf5_version();  // of the library that this process uses: "HDF5 1.10.8"

}  // namespace teranga::h5
