// SPDX-License-Identifier: Apache-2.0
// The two halves of writing a generation: it is safe after the first.
#pragma once

#include <cstdint>
#include <string>

#include "retention.hpp"
#include "teranga/checkpoint/snapshot.hpp"

namespace teranga::checkpoint {

// Of the snapshot's own tensors, or of these in place of them. Gives its path; throws Error(failure).
std::string write_generation(const std::string& folder, const Snapshot& snapshot, const LentTensors* lent = nullptr);
// Old generations and the temporary files of dead writers go. Never throws: what stays does no harm.
void clean_up(const std::string& folder, std::int64_t written, int keep, Proven& proven) noexcept;

}  // namespace teranga::checkpoint
