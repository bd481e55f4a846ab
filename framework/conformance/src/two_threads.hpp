// SPDX-License-Identifier: Apache-2.0
// Calls that two threads make at the same time, again and again, as workers do it.
#pragma once

#include <cstddef>
#include <functional>

namespace teranga::conformance {

// body(0) on one thread and body(1) on another, until both together have been called for a moment. True: all calls gave true.
bool same_together(const std::function<bool(std::size_t which)>& body);

}  // namespace teranga::conformance
