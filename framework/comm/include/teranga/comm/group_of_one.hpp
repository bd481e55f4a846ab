// SPDX-License-Identifier: Apache-2.0
// The group of a process that nobody launched: every collective is what it is for one rank.
#pragma once

#include <teranga/comm/communicator.hpp>

namespace teranga {

std::unique_ptr<Communicator> group_of_one();

}  // namespace teranga
