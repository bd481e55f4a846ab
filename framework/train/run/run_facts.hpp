// SPDX-License-Identifier: Apache-2.0
// The lines of facts.jsonl, which reports read beside the metrics: each start of the command, the layers, what each number is, how the run ended.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <teranga/core/error.hpp>
#include <teranga/model/network.hpp>
#include <teranga/train/measured.hpp>

namespace teranga::train {

// Names and values in the order in which they are shown.
using StartFacts = std::vector<std::pair<std::string, std::string>>;

// Writes <folder>/facts.jsonl anew. What it says of former starts and ends stays where the run goes on. A failure is a warning: a run needs no facts.
void begin_facts(const std::string& folder, bool goes_on, const StartFacts& start, const model::Summary& network, const std::vector<Measured>& measured) noexcept;
// Adds lines of what the run found at its end.
void add_facts(const std::string& folder, const std::vector<std::string>& lines) noexcept;
// Adds how it ended: done, stopped, diverged or failed.
void end_facts(const std::string& folder, ExitCode code) noexcept;

}  // namespace teranga::train
