// SPDX-License-Identifier: Apache-2.0
// One array of NumPy in a file: as features, as targets of features that are in order, or both.
#include <fmt/format.h>

#include "dataset_target.hpp"
#include "target.hpp"

namespace {

std::string sound_features() {
  return fmt::format("\x93NUMPY\x01{}{:117}\n{}", std::string_view("\0\x76\0", 3), "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", std::string(24, '\0'));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga::fuzz;
  std::string_view input = view(data, size);
  const unsigned chosen = choice(input);
  const std::string file = folder().write(chosen & 4 ? "a.npy.gz" : "a.npy", input);
  std::vector<std::string> train{file};
  if (chosen & 1) train = {folder().write("x.npy", sound_features()), file};
  if (chosen & 2) train = {file, file};
  DatasetCase one{"datasets_npy", "teranga.npy", {{"train", train}}, {file}};
  if (chosen & 8) one.options["features_are"] = std::string("ids");
  if (chosen & 16) one.options["target_is"] = std::string("classes");
  if (chosen & 32) one.options["one_hot"] = true;
  if (chosen & 64) one.options["normalize"] = std::string("minmax");
  use_dataset(one);
  return 0;
}
