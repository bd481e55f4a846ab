// SPDX-License-Identifier: Apache-2.0
// Whether all ranks read the same data files. Each file is read once on each host, or in part where it is large.
#pragma once

#include <string>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/host/registry.hpp>

#include "session/data_record.hpp"

namespace teranga::train {

struct FileFact {
  std::string text;  // a line for each path, with the hash of its content
  std::string hash;  // of the text, where the first rank on this host has read the same files and holds the text
};

// Collective. `known`: what this rank has found out of these paths before; else empty.
FileFact file_fact(Communicator& comm, const std::vector<NamedPath>& paths, const host::Item& dataset, const std::vector<FileRecord>& known = {});

}  // namespace teranga::train
