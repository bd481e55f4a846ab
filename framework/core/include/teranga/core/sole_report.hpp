// SPDX-License-Identifier: Apache-2.0
// One report of a failure for all processes of a job on this host: where several fail, at the same moment or one because of another, the first one speaks.
#pragma once

#include <atomic>
#include <cstdint>

namespace teranga {

// The processes have this number in common, 0 at first, to the end of the last one. Without it, every process may speak.
void share_reports(std::atomic<std::uint32_t>* spoken) noexcept;

// Whether this process is the first one that asks. May be called in a signal handler.
bool may_report() noexcept;

}  // namespace teranga
