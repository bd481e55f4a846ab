// SPDX-License-Identifier: Apache-2.0
// A number that the ranks on one node have in common.
#pragma once

#include <atomic>
#include <cstdint>

#include <teranga/comm/communicator.hpp>

namespace teranga {

// 0 at first. It lies in memory without a name, which goes when the last rank has ended, however they end. Null where this rank is alone on its node, and where memory cannot be shared
// with the first rank there. Collective.
std::atomic<std::uint32_t>* number_of_node(Communicator& comm);

}  // namespace teranga
