// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/libraries_used.hpp>

#include <teranga/comm/mpi_version.hpp>
#include <teranga/h5/hdf5_version.hpp>
#include <teranga/host/library.hpp>
#include <teranga/math/one_dnn_version.hpp>

#include <fmt/format.h>

namespace teranga::train {

std::string libraries_used() { return fmt::format("{}, {}, {}", mpi_version(), math::one_dnn_version(), h5::hdf5_version()); }

std::string instruction_set_used() {
  const std::string wider = host::instruction_set();
  return wider.empty() ? "the base one" : wider;
}

}  // namespace teranga::train
