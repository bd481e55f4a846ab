// SPDX-License-Identifier: Apache-2.0
// Samples that are pictures, side by side in one PNG file.
#pragma once

#include <cstdint>
#include <string>

#include <teranga/data/source.hpp>

namespace teranga::launcher {

// The first `count` samples of the part, by their only feature; with draws, as they are changed by them, and what they were made of above them where both are of one size.
// Throws Error(usage) where that feature is no picture.
void write_sample_sheet(const std::string& path, const data::Source& source, data::Part part, std::int64_t count, data::Draws draws);

}  // namespace teranga::launcher
