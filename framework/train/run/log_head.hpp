// SPDX-License-Identifier: Apache-2.0
// What the log of a run begins with: everything that one needs to know to understand a result, or to get it again.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/train/train.hpp>

#include "session/group.hpp"

namespace teranga::train {

// A line each: the program and its libraries, the command, folder and date, the hosts with their processes, threads and cores, the plugins with versions and hashes.
std::vector<std::string> log_head(const TrainOptions& options, const Placement& placement, std::span<const checkpoint::PluginIdentity> plugins);

}  // namespace teranga::train
