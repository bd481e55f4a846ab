// SPDX-License-Identifier: Apache-2.0
// A tree of folders with a folder for each part: train, validation (or val, or valid) and test, in any letter case.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace teranga::datasets {

struct PartTree {
  std::array<std::vector<std::string>, 3> names;  // by TRG_TRAIN, TRG_VALIDATION, TRG_TEST: of folders in the tree; more than one of a part is in doubt
  std::vector<std::string> others;                // folders that are no part

  // Of the first part that has more than one folder: "Train and train could each be the training part". Empty where there is none.
  std::string doubt() const;
};

// Names of the folders in a folder, sorted, without hidden ones; none where it cannot be listed.
std::vector<std::string> folders_in(const std::string& folder);

// The parts in a folder. Where it has no folder for training, or that one holds no folder and lies among others than parts, nothing of it is a part: there a folder `train` may
// well be the class of trains. Throws DataError where a file, or a link that leads nowhere, has the name of a part.
PartTree part_tree(const std::string& folder);

// For a tree without such parts: folders whose names only hold those words, as Training and Testing do. Nothing of it is a part unless one is for training, another one is for
// something else, all others are parts as well, and all hold folders: they may be parts, or classes.
PartTree likely_parts(const std::string& folder);

// Tells of folders that are not read, and of parts whose names have capital letters.
void log_parts(const std::string& folder, const PartTree& tree);

}  // namespace teranga::datasets
