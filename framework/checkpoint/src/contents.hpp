// SPDX-License-Identifier: Apache-2.0
// A snapshot as an HDF5 file and back. Tensors are data sets under their names; each keeps its place in its list as an attribute.
#pragma once

#include <string>
#include <vector>

#include <teranga/h5/file.hpp>

#include "teranga/checkpoint/snapshot.hpp"

namespace teranga::checkpoint {

// In memory, with room for the envelope; the tensors are lent to it: the snapshot's own, or these in place of them.
h5::File to_file(const Snapshot& snapshot);
h5::File to_file(const Snapshot& snapshot, const LentTensors& tensors);
Snapshot from_file(const h5::File& file);    // throws Error(data)

// What names a generation, without its tensors.
struct Heading {
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  std::string time;
};
Heading heading_of(const h5::File& file);

Tensor read_tensor(const h5::File& file, const std::string& path, const h5::Child& child);
void write_tensor(h5::File& file, const std::string& path, const TensorView& tensor);  // lends it

}  // namespace teranga::checkpoint
