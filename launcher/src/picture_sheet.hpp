// SPDX-License-Identifier: Apache-2.0
// Many small pictures side by side in one PNG file.
#pragma once

#include <cstdint>
#include <string>

#include <teranga/train/pictures.hpp>

namespace teranga::launcher {

// As report::picture_sheet() draws them. Published whole or not at all. Throws Error(failure).
void write_sheet(const std::string& path, const train::Pictures& pictures, std::int64_t columns);

}  // namespace teranga::launcher
