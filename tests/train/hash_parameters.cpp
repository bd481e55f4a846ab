// SPDX-License-Identifier: Apache-2.0
// hash_parameters [--each] CHECKPOINT: one number for the names, shapes and bits of the parameters and states that it holds; or for each of them its name and a number for its bits.
#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/hash.hpp>

#include <cstdio>
#include <string>

using namespace teranga;

int main(int argc, char** argv) {
  const bool each = argc == 3 && std::string(argv[1]) == "--each";
  if (argc != 2 && !each) return 2;
  try {
    const checkpoint::Snapshot snapshot = checkpoint::read(argv[argc - 1]);
    std::string all;
    for (const auto* tensors : {&snapshot.parameters, &snapshot.states})
      for (const NamedTensor& tensor : *tensors) {
        if (each) std::printf("%s %016llx\n", tensor.name.c_str(), static_cast<unsigned long long>(hash64({static_cast<const char*>(tensor.tensor.data()), tensor.tensor.bytes()})));
        all.append(tensor.name).append(to_string(tensor.tensor.shape())).append(static_cast<const char*>(tensor.tensor.data()), tensor.tensor.bytes());
      }
    if (!each) std::printf("%016llx\n", static_cast<unsigned long long>(hash64(all)));
  } catch (const Error& error) {
    std::printf("%s\n", error.what());
    return 2;
  }
  return 0;
}
