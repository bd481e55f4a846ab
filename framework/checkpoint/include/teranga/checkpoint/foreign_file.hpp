// SPDX-License-Identifier: Apache-2.0
// What a file is, by its first bytes. Files of other programs that people take for checkpoints or weights are told for what they are, with the way that
// leads to weights.
#pragma once

#include <string>

namespace teranga::checkpoint {

// Whether the file begins as a checkpoint does, or as an HDF5 file; false where it cannot be read.
bool is_checkpoint(const std::string& path);
bool is_hdf5(const std::string& path);

// Throws Error(data) where the file is known to be something else than a checkpoint or an HDF5 file. Says nothing of files that it cannot read.
void refuse_foreign_file(const std::string& path);

}  // namespace teranga::checkpoint
