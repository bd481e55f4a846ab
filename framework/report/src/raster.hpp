// SPDX-License-Identifier: Apache-2.0
// Lines, discs and words as coloured pixels. Edges are smooth: a pixel is coloured by the share of it that is covered.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <teranga/report/png.hpp>

#include "chart_pen.hpp"

namespace teranga::report {

using Colour = std::array<std::uint8_t, 3>;
Colour colour_of(std::string_view hexadecimal);  // "#1b2430"

// Of a letter in a row of 5 by 9 points, of which the last two are below the line.
inline constexpr int letter_width = 5, letter_height = 9, letter_below = 2, letter_step = 6;

class Raster {
 public:
  Raster(std::uint32_t width, std::uint32_t height, const Colour& paper);

  struct Stroke {
    Colour colour;
    double width = 1, opacity = 1;  // width: pixels
    double dash = 0, gap = 0;       // pixels; 0: a whole line
  };
  // Through places in pixels; broken where y is no number. Where a line meets itself it is no darker.
  void line(const std::vector<Place>& places, const Stroke& stroke);
  void disc(Place middle, double radius, const Colour& colour);
  // `size`: pixels of a point of a letter. `baseline`: of the left end.
  void words(std::string_view text, Place baseline, std::uint32_t size, const Colour& colour);
  static double width_of(std::string_view text, std::uint32_t size);

  Pixels take() { return std::move(pixels_); }

 private:
  void segment(Place from, Place to, double half);
  void cover(std::int64_t x, std::int64_t y, double share);
  void blend(const Colour& colour, double opacity);

  Pixels pixels_;
  std::vector<float> covered_;  // by what is being drawn
  std::vector<std::size_t> touched_;
};

}  // namespace teranga::report
