// SPDX-License-Identifier: Apache-2.0
// Quantities as people type them: speeds of a network, times, lists of numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace teranga::launcher {

// Each is empty for what is none.
std::optional<double> bits_per_second(std::string_view text);       // "1gbit", "100mbit", "25Gbit/s", "12.5e9", "3 GB/s" (bytes); greater than 0
std::optional<double> seconds_of(std::string_view text);            // "50us", "0.1ms", "2 s"; a time has a unit, but for "0"
std::optional<std::vector<int>> ascending_numbers(std::string_view text);  // "1,2,4": from 1 on, each once; they are sorted

std::string speed_text(double bits_per_second);  // "1 Gbit/s"
std::string time_text(double seconds);           // "50 us"

}  // namespace teranga::launcher
