// SPDX-License-Identifier: Apache-2.0
// Numbers as gray or coloured pixels, and small pictures side by side as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <teranga/report/png.hpp>

namespace teranga::report {

struct PictureShape {
  std::int64_t height = 0, width = 0, channels = 1;  // 1: gray, 3: red, green, blue
};

// The numbers that are black and white.
struct Levels {
  double black = 0, white = 1;
};
Levels levels_of(std::span<const double> numbers);       // the least and the largest of those that are finite
Levels levels_around_zero(std::span<const double> numbers);  // zero is in the middle

// `numbers`: [height, width, channels]. Of a picture with a longer side than `largest_side` every n-th row and column. What is not finite is black.
Pixels pixels_of(std::span<const double> numbers, const PictureShape& shape, const Levels& levels, std::int64_t largest_side);

// Pictures of one size, row by row, `columns` in each, with a gray line between and around them. Each pixel becomes a square of `times` x `times`.
Pixels sheet_of(const std::vector<Pixels>& pictures, std::size_t columns, std::size_t times = 1);

}  // namespace teranga::report
