// SPDX-License-Identifier: Apache-2.0
// A chart as SVG, either as a part of a page, whose style sheet colours it, or as a file of its own; and as pixels.
#pragma once

#include <cstddef>
#include <string>

#include <teranga/report/curves.hpp>
#include <teranga/report/png.hpp>

namespace teranga::report {

inline constexpr std::size_t palette_size = 8;  // colours of curves; further curves begin again

std::string chart_svg(const Chart& chart);
// With a style sheet, light or dark as the viewer asks.
std::string chart_file(const Chart& chart, const std::string& subtitle);
// The same in light colours, 960 x 652 pixels of red, green and blue. Letters beyond ASCII become "?".
Pixels chart_picture(const Chart& chart, const std::string& subtitle);

// The rules that colour charts and drawings of networks; `root` is what holds the variables (":root", "svg").
std::string chart_style(const std::string& root);

}  // namespace teranga::report
