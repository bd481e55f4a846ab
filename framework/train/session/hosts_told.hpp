// SPDX-License-Identifier: Apache-2.0
// On which hosts a job runs, in words.
#pragma once

#include <string>

#include <teranga/comm/communicator.hpp>

namespace teranga::train {

// "node1", "node1, node2", or "8 hosts (node1, node2, node3, ...)".
std::string hosts_told(const Communicator& comm);

}  // namespace teranga::train
