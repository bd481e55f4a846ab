// SPDX-License-Identifier: Apache-2.0
// Time spans as people and batch systems write them.
#pragma once

#include <string>
#include <string_view>

namespace teranga {

// "D-HH:MM:SS", "HH:MM:SS", "MM:SS", "90s", "10m", "2h", "1d", or plain seconds ("90", "1.5"). Returns seconds, more than 0. Throws
// Error(usage) that names `option`, such as "--max-time".
double parse_duration(std::string_view text, const std::string& option);

std::string duration_text(double seconds);  // "2:05:00", "10:00", "0:09"

}  // namespace teranga
