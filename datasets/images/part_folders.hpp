// SPDX-License-Identifier: Apache-2.0
// Which folder holds the pictures of which part.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

// By TRG_TRAIN, TRG_VALIDATION, TRG_TEST.
using PartFolders = std::array<std::optional<std::string>, 3>;

std::vector<sdk::OptionSpec> part_folder_options();  // "folder", "train", "validation" and "test"

// Those of the options "train", "validation" and "test"; or those of part_tree() in `folder`, and where there are none the folder itself as the training part. Tells of folders
// beside them. Throws OptionError.
PartFolders part_folders(const sdk::Options& options);

}  // namespace teranga::datasets
