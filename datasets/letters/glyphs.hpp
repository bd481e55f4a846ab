// SPDX-License-Identifier: Apache-2.0
// Capital letters and digits as strokes of a pen.
#pragma once

#include <string_view>
#include <vector>

namespace teranga::datasets {

struct Point {
  double x = 0, y = 0;  // from 0 to 1, right and down
};

// A line through points; a smooth one is a curve through them (Catmull-Rom).
struct Stroke {
  std::vector<Point> points;
  bool smooth = false;
};

// What can be drawn: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", in this order.
extern const std::string_view drawable;

// The strokes of one of them.
std::vector<Stroke> strokes_of(char character);

// The points between which a stroke is straight, so close that it looks round.
std::vector<Point> path_of(const Stroke& stroke);

}  // namespace teranga::datasets
