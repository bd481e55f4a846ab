// SPDX-License-Identifier: Apache-2.0
// hash_parameters CHECKPOINT: one number for the names, shapes and bits of the parameters and states that it holds.
#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/hash.hpp>

#include <cstdio>
#include <string>

using namespace teranga;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    const checkpoint::Snapshot snapshot = checkpoint::read(argv[1]);
    std::string all;
    for (const auto* tensors : {&snapshot.parameters, &snapshot.states})
      for (const NamedTensor& tensor : *tensors) all.append(tensor.name).append(to_string(tensor.tensor.shape())).append(static_cast<const char*>(tensor.tensor.data()), tensor.tensor.bytes());
    std::printf("%016llx\n", static_cast<unsigned long long>(hash64(all)));
  } catch (const Error& error) {
    std::printf("%s\n", error.what());
    return 2;
  }
  return 0;
}
