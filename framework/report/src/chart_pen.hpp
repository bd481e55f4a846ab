// SPDX-License-Identifier: Apache-2.0
// What a chart is drawn with: lines and words in a box of chart_width x chart_height units. One pen writes SVG, another one colours pixels.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <teranga/report/curves.hpp>

namespace teranga::report {

inline constexpr double chart_width = 480, chart_height = 270;
inline constexpr double file_head = 56;  // units above it where it is a file of its own: a title and a subtitle

// The colours of a page, light and dark; those of curves are light_curves and dark_curves.
struct Theme {
  const char *paper, *ink, *quiet, *rule, *tint, *axis;
  const char* curves[8];
};
extern const Theme light_theme, dark_theme;

struct Place {
  double x = 0, y = 0;  // from the left and from above
};

enum class Rule { grid, axis, best };
enum class Anchor { start, middle, end };

class ChartPen {
 public:
  virtual ~ChartPen() = default;
  // `says`: what the mouse is told of it, where there is one.
  virtual void rule(Rule kind, Place from, Place to, const std::string& says) = 0;
  // A line through the places; it is broken where y is no number.
  virtual void curve(const Curve& curve, const std::vector<Place>& places) = 0;
  virtual void mark(const Curve& curve, Place place, bool alone, const std::string& says) = 0;
  virtual void words(const std::string& text, Place baseline, Anchor anchor) = 0;  // on an axis
  virtual void label(const Curve& curve, const std::string& text, Place baseline) = 0;
};

void draw_chart(const Chart& chart, ChartPen& pen);

}  // namespace teranga::report
