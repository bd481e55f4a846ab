// SPDX-License-Identifier: Apache-2.0
// Small pictures inside a page. They are not compressed: it is not worth a library here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace teranga::report {

struct Pixels {
  std::uint32_t width = 0, height = 0, channels = 1;  // 1: gray, 3: red, green, blue
  std::vector<std::uint8_t> bytes;                    // row by row from the top
};

std::string png_of(const Pixels& pixels);
std::string png_address(const Pixels& pixels);  // "data:image/png;base64,..."

}  // namespace teranga::report
