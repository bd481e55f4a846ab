// SPDX-License-Identifier: Apache-2.0
// Leaving out the pictures that cannot be read (on_error = "skip").
#pragma once

#include <vector>

#include <teranga/datasets/row_workers.hpp>

#include "picture_folder.hpp"

namespace teranga::datasets {

// Reads all pictures once, in the first process of each machine alone, and removes from the list those that cannot be read, which are told. Throws DataError where none can be.
void keep_sound(std::vector<ListedPicture>& pictures, RowWorkers& workers);

}  // namespace teranga::datasets
