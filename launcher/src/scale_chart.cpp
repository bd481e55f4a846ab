// SPDX-License-Identifier: Apache-2.0
#include "scale_chart.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace teranga::launcher {
namespace {

constexpr double width = 720, height = 400, left = 76, right = 28, top = 92, bottom = 64;

std::string as_xml(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out;
}

std::string text_at(double x, double y, const char* words, const std::string& text) { return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" {}>{}</text>\n", x, y, words, as_xml(text)); }

constexpr const char* head = R"(<rect class="paper" width="100%" height="100%" rx="8" fill="#ffffff"/>
<style>
text { font-family: system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: 13px; fill: #1f2933 }
.value { paint-order: stroke; stroke: #ffffff; stroke-width: 5px; stroke-linejoin: round }
.title { font-size: 17px; font-weight: 600 }
.quiet { fill: #52606d }
.grid { stroke: #d9dee4; stroke-width: 1 }
.axis { stroke: #7b8794; stroke-width: 1 }
.line { fill: none; stroke: #0b69c7; stroke-width: 2.5; stroke-linejoin: round }
.point { fill: #0b69c7 }
@media (prefers-color-scheme: dark) {
  .paper { fill: #14181d }
  text { fill: #e8ecf0 }
  .quiet { fill: #a9b4c0 }
  .value { stroke: #14181d }
  .grid { stroke: #333c46 }
  .line { stroke: #63b3ff }
  .point { fill: #63b3ff }
}
</style>
)";

}  // namespace

std::string efficiency_chart(const std::string& title, const std::string& subtitle, const std::vector<ChartPoint>& points) {
  const double first = std::log2(points.front().nodes), span = std::max(std::log2(points.back().nodes) - first, 1e-9);
  double most = 1;
  for (const ChartPoint& point : points) most = std::max(most, std::ceil(4 * point.efficiency - 0.2) / 4);
  const auto x = [&](int nodes) { return points.size() == 1 ? (left + width - right) / 2 : left + 14 + (width - left - right - 28) * (std::log2(nodes) - first) / span; };
  const auto y = [&](double share) { return height - bottom - (height - top - bottom) * std::min(share / most, 1.0); };
  std::string out = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\">\n<title>{2}</title>\n{3}", width, height, as_xml(title + ", " + subtitle), head);
  out += text_at(left, 30, "class=\"title\"", title) + text_at(left, 51, "class=\"quiet\"", subtitle);
  for (double share = 0; share <= most + 0.01; share += 0.25) {
    out += fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", share > 0 ? "grid" : "axis", left, y(share), width - right, y(share));
    out += text_at(left - 10, y(share) + 4.5, "class=\"quiet\" text-anchor=\"end\"", fmt::format("{:.0f} %", 100 * share));
  }
  std::string line;
  double free = 0;  // labels below do not touch each other
  for (const ChartPoint& point : points) {
    line += fmt::format("{}{:.1f},{:.1f}", line.empty() ? "" : " ", x(point.nodes), y(point.efficiency));
    if (x(point.nodes) < free) continue;
    const std::string label = fmt::format("{}", point.nodes);
    out += text_at(x(point.nodes), height - bottom + 20, "class=\"quiet\" text-anchor=\"middle\"", label);
    free = x(point.nodes) + 12 + 8.0 * static_cast<double>(label.size());
  }
  out += text_at((left + width - right) / 2, height - 16, "text-anchor=\"middle\"", "nodes (logarithmic)");
  const double middle = (top + height - bottom) / 2;
  out += text_at(20, middle, fmt::format("text-anchor=\"middle\" transform=\"rotate(-90 20 {:.1f})\"", middle).c_str(), "efficiency");
  out += fmt::format("<polyline class=\"line\" points=\"{}\"/>\n", line);
  free = 0;
  for (const ChartPoint& point : points) {
    out += fmt::format("<circle class=\"point\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>\n", x(point.nodes), y(point.efficiency));
    if (x(point.nodes) < free) continue;
    out += text_at(x(point.nodes), y(point.efficiency) - 11, "class=\"value\" text-anchor=\"middle\"", fmt::format("{:.0f}", 100 * point.efficiency));
    free = x(point.nodes) + 30;
  }
  return out + "</svg>\n";
}

}  // namespace teranga::launcher
