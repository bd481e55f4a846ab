// SPDX-License-Identifier: Apache-2.0
// Which keys of a recipe may change between two parts of a run without a question. launcher/guides/checkpoints.md has the same list.
#pragma once

#include <cstdint>
#include <string>

namespace teranga::train {

// Keys that say where a run is kept and what it tells.
bool is_housekeeping(const std::string& key);

// Keys that change no step: those, and when a training ends and what is measured meanwhile. A run that has made no step yet may change all keys but those that its initial weights
// come from.
bool is_harmless(const std::string& key, std::int64_t steps_made);

}  // namespace teranga::train
