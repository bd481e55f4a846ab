// SPDX-License-Identifier: Apache-2.0
// HDF5 files as data: the process that reads them may fall, and the caller must say so.
#include "dataset_target.hpp"
#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga::fuzz;
  std::string_view input = view(data, size);
  const unsigned chosen = choice(input);
  const std::string file = folder().write("a.h5", input);
  DatasetCase one{"datasets_hdf5", "teranga.hdf5", {{"train", file}}, {file}};
  if (chosen & 1) one.options["train_arrays"] = std::vector<std::string>{"x"};
  if (chosen & 2) one.options["memory"] = std::int64_t{1};
  if (chosen & 4) one.options["features_are"] = std::string("ids");
  use_dataset(one);
  return 0;
}
