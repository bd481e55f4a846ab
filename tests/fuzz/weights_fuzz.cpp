// SPDX-License-Identifier: Apache-2.0
// Weights and whole models of Keras in HDF5.
#include <teranga/checkpoint/weights.hpp>

#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga;
  std::string_view input = fuzz::view(data, size);
  const unsigned chosen = fuzz::choice(input);
  const std::string path = fuzz::folder().write("a.weights.h5", input);
  if (chosen & 1) fuzz::tried({ExitCode::data}, [&] { checkpoint::read_keras_model_file(path); });
  else fuzz::tried({ExitCode::data}, [&] { checkpoint::read_weights_file(path); });
  return 0;
}
