// SPDX-License-Identifier: Apache-2.0
#include <teranga/h5/hdf5_version.hpp>

#include <fmt/format.h>

#include <hdf5.h>

namespace teranga::h5 {

std::string hdf5_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("HDF5 {}.{}.{}", major, minor, release);
}

}  // namespace teranga::h5
