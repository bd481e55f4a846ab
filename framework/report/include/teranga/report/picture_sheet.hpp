// SPDX-License-Identifier: Apache-2.0
// Many small pictures side by side in one.
#pragma once

#include <cstdint>
#include <span>

#include <teranga/report/png.hpp>

namespace teranga::report {

struct PictureBatch {
  std::int64_t count = 0, height = 0, width = 0, channels = 1;  // channels: 1 or 3
  std::span<const float> made, from;  // [count, height, width, channels]; from: what each was made of, or empty
};

// Row by row, `columns` in each; what pictures were made of stands above them. Small ones are drawn larger. Numbers from 0 (black) to 1 (white), or
// from -1 where there are negative ones among `made`.
Pixels picture_sheet(const PictureBatch& pictures, std::int64_t columns);

}  // namespace teranga::report
