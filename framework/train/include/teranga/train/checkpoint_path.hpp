// SPDX-License-Identifier: Apache-2.0
// What may be named where a checkpoint is wanted: a checkpoint, a run folder, or the folder of its checkpoints.
#pragma once

#include <string>

namespace teranga::train {

// The folder that holds the checkpoints of a run folder, or the folder itself.
std::string checkpoint_folder(const std::string& folder);

// The file itself, or the newest intact checkpoint of a folder. Throws Error(data) where there is none, and where the file is known to be something else.
std::string checkpoint_file(const std::string& path);

// Where a recipe keeps its best checkpoints: a folder beside the newest ones, and what each checkpoint of such a run holds, steps from the best to the worst.
inline constexpr const char* best_folder = "best";
inline constexpr const char* best_steps = "keep_best/steps";
// The best checkpoint of a run folder, or of the folder of its checkpoints. Throws Error(data) where none is kept.
std::string best_checkpoint(const std::string& path);

// Also a file of weights alone, as Keras saves them.
std::string weights_file(const std::string& path);

// Whether it is a checkpoint, or a folder that holds some, and so no recipe.
bool holds_checkpoint(const std::string& path);

}  // namespace teranga::train
