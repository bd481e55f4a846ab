// SPDX-License-Identifier: Apache-2.0
// Which calls the table of each kind must have.
#pragma once

#include <string>

#include <teranga/host/registry.hpp>

namespace teranga::host {

// "its table of calls has no plan", or "" where all is there.
std::string fault_of_calls(Kind kind, const void* calls);

}  // namespace teranga::host
