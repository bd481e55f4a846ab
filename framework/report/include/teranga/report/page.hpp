// SPDX-License-Identifier: Apache-2.0
// Runs as one HTML page: self-contained, without script and without a network. One run is told whole; several are laid over each other, with their differences.
#pragma once

#include <string>
#include <vector>

#include <teranga/report/run_record.hpp>

namespace teranga::report {

inline constexpr std::size_t most_runs = 64;

std::string page(const std::vector<RunRecord>& runs);

}  // namespace teranga::report
