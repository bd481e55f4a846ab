// SPDX-License-Identifier: Apache-2.0
// Many small pictures side by side in one PNG file.
#pragma once

#include <cstdint>
#include <string>

#include <teranga/train/pictures.hpp>

namespace teranga::launcher {

// Row by row, `columns` in each; what pictures were made of stands above them. Small ones are drawn larger. Numbers from 0 (black) to 1 (white), or
// from -1 where there are negative ones. Published whole or not at all. Throws Error(failure).
void write_sheet(const std::string& path, const train::Pictures& pictures, std::int64_t columns);

}  // namespace teranga::launcher
