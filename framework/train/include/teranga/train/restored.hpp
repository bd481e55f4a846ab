// SPDX-License-Identifier: Apache-2.0
// A checkpoint and what its recipe names, read before any rank joins the group: whatever is wrong is found by all ranks alike.
#pragma once

#include <string>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

struct Restored {
  std::string path;
  checkpoint::Snapshot snapshot;
  host::Registry registry;
  recipe::Recipe recipe;
};

// The folder that holds the checkpoints of a run folder, or the folder itself.
std::string checkpoint_folder(const std::string& folder);

// `path` is a checkpoint, or a run folder or folder of checkpoints: then the newest intact one. Throws Error(data, usage, plugin).
Restored restore(const std::string& path, const std::vector<std::string>& overrides);

}  // namespace teranga::train
