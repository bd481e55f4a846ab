// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/chart.hpp>

#include "html.hpp"
#include "ticks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ranges>

#include <fmt/format.h>

namespace teranga::report {
namespace {

constexpr double width = 480, height = 270, left = 58, right = 92, top = 14, bottom = 42;
constexpr std::size_t most_points = 600, most_marks = 40, longest_label = 13;

struct Range {
  double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity();

  void take(double value) {
    if (!std::isfinite(value)) return;
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

Range range_of(const Chart& chart, double Point::*of) {
  Range out;
  for (const Curve& curve : chart.curves)
    for (const Point& point : curve.points)
      if (std::isfinite(point.y)) out.take(point.*of);
  return out;
}

// Steps are noisy: a few that are far off must not flatten the curves of the epochs.
Range range_of_values(const Chart& chart) {
  Range of_epochs, all = range_of(chart, &Point::y);
  for (const Curve& curve : chart.curves)
    if (!curve.faint || curve.dashed)
      for (const Point& point : curve.points) of_epochs.take(point.y);
  const bool few = std::ranges::all_of(chart.curves, [](const Curve& curve) { return curve.faint || curve.points.size() < 3; });
  if (few || !(of_epochs.most > of_epochs.least)) return all;
  const double margin = of_epochs.most - of_epochs.least, floor = of_epochs.least >= 0 ? std::min(of_epochs.least, std::max(all.least, 0.0)) : all.least;
  return {std::max(floor, of_epochs.least - 0.5 * margin), std::min(all.most, of_epochs.most + 1.5 * margin)};
}

class Drawing {
 public:
  explicit Drawing(const Chart& chart) : chart_(chart), values_(range_of_values(chart)), epochs_(range_of(chart, &Point::x)),
        x_axis_(std::min(epochs_.least, epochs_.most > 1 ? 1.0 : 0.0), epochs_.most, Axis::Kind::whole, 7),
        y_axis_(values_.least, values_.most, wants_logarithm(values_.least, values_.most) ? Axis::Kind::logarithmic : Axis::Kind::linear, 5) {}

  std::string text() {
    out_ = fmt::format("<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{2}\">\n<title>{2}</title>\n", width, height, escaped(chart_.title + " by epoch"));
    axes();
    if (chart_.best > 0) mark_best();
    for (const bool faint : {true, false})
      for (const Curve& curve : chart_.curves)
        if (curve.faint == faint) line(curve);
    labels();
    return out_ + "</svg>\n";
  }

 private:
  double x(double epoch) const { return left + (width - left - right) * x_axis_.share(epoch); }
  double y(double value) const { return height - bottom - (height - top - bottom) * y_axis_.share(value); }

  void axes() {
    for (const Tick& tick : y_axis_.ticks()) {
      out_ += fmt::format("<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", left, width - right, y(tick.at), y(tick.at));
      out_ += fmt::format("<text class=\"quiet\" text-anchor=\"end\" x=\"{}\" y=\"{:.1f}\">{}</text>\n", left - 7, y(tick.at) + 4, tick.label);
    }
    out_ += fmt::format("<line class=\"axis\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>\n", left, width - right, height - bottom, height - bottom);
    for (const Tick& tick : x_axis_.ticks()) {
      out_ += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>", x(tick.at), height - bottom, height - bottom + 4);
      out_ += fmt::format("<text class=\"quiet\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{}\">{}</text>\n", x(tick.at), height - bottom + 18, tick.label);
    }
    out_ += fmt::format("<text class=\"quiet\" text-anchor=\"middle\" x=\"{}\" y=\"{}\">epoch</text>\n", (left + width - right) / 2, height - 6);
  }

  void mark_best() { out_ += fmt::format("<line class=\"best\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"><title>best epoch: {3:.0f}</title></line>\n", x(chart_.best), top, height - bottom, chart_.best); }

  void line(const Curve& curve) {
    const std::vector<Point> points = thinned(curve.points, most_points);
    const std::size_t colour = curve.colour % palette_size;
    std::string path;
    bool pen_down = false;
    for (const Point& point : points) {
      if (std::isfinite(point.y)) path += fmt::format("{}{:.1f} {:.1f}", pen_down ? "L" : "M", x(point.x), y(point.y));
      pen_down = std::isfinite(point.y);
    }
    out_ += fmt::format("<path class=\"line c{}{}{}\" d=\"{}\"/>\n", colour, curve.faint ? " faint" : "", curve.dashed ? " dashed" : "", path);
    if (curve.faint || points.size() > most_marks) return;
    for (const Point& point : points)
      if (std::isfinite(point.y))
        out_ += fmt::format("<circle class=\"mark f{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"><title>{}epoch {:.0f}: {}</title></circle>\n", colour, x(point.x), y(point.y), points.size() == 1 ? "4" : "2.6",
                            curve.label.empty() ? "" : escaped(curve.label) + ", ", point.x, number_exact(point.y));
  }

  // Beside the ends of the lines, moved apart where they would touch.
  void labels() {
    constexpr double apart = 15;
    struct Label {
      double y;
      const Curve* curve;
    };
    std::vector<Label> labels;
    for (const Curve& curve : chart_.curves) {
      const auto last = std::find_if(curve.points.rbegin(), curve.points.rend(), [](const Point& point) { return std::isfinite(point.y); });
      if (curve.faint || curve.label.empty() || last == curve.points.rend()) continue;
      if (x(last->x) > width - right - 60) labels.push_back({y(last->y) + 4, &curve});
      else label(curve, x(last->x) + 7, y(last->y) - 6);  // where the line ends early
    }
    std::ranges::stable_sort(labels, {}, &Label::y);
    if (static_cast<double>(labels.size()) * apart > height - top - bottom + apart) return;  // the legend names them
    for (std::size_t i = 1; i < labels.size(); ++i) labels[i].y = std::max(labels[i].y, labels[i - 1].y + apart);
    for (double lowest = height - bottom + 4; Label& one : labels | std::views::reverse) {
      one.y = std::min(one.y, lowest);
      lowest = one.y - apart;
    }
    for (const Label& one : labels) label(*one.curve, width - right + 8, one.y);
  }

  void label(const Curve& curve, double at_x, double at_y) {
    out_ += fmt::format("<text class=\"label f{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", curve.colour % palette_size, at_x, at_y, escaped(shortened(curve.label, longest_label)));
  }

  const Chart& chart_;
  Range values_, epochs_;
  Axis x_axis_, y_axis_;
  std::string out_;
};

}  // namespace

std::string chart_svg(const Chart& chart) { return Drawing(chart).text(); }

std::string chart_style(const std::string& root) {
  static constexpr const char* light[palette_size] = {"#0b62c4", "#b45309", "#15803d", "#7e22ce", "#be123c", "#0f766e", "#854d0e", "#475569"};
  static constexpr const char* dark[palette_size] = {"#6bb2ff", "#ffb454", "#5fd38a", "#cfa3ff", "#ff8fa3", "#52d1c3", "#e2c56b", "#b6c2d1"};
  std::string out = root + " { --paper: #ffffff; --ink: #1b2430; --quiet: #53606e; --rule: #dde2e8; --tint: #f4f6f9; --axis: #8a96a3;";
  for (std::size_t i = 0; i < palette_size; ++i) out += fmt::format(" --c{}: {};", i, light[i]);
  out += " }\n@media (prefers-color-scheme: dark) { " + root + " { --paper: #12161b; --ink: #e7ebf0; --quiet: #a7b3c0; --rule: #2f3843; --tint: #1a2028; --axis: #75828f;";
  for (std::size_t i = 0; i < palette_size; ++i) out += fmt::format(" --c{}: {};", i, dark[i]);
  out += " } }\n";
  out += R"(svg text { font-family: system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: 12px; fill: var(--ink) }
svg text.quiet { fill: var(--quiet) }
svg text.label { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round }
svg .grid { stroke: var(--rule) }
svg .axis { stroke: var(--axis) }
svg .best { stroke: var(--axis); stroke-dasharray: 2 3 }
svg .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
svg .faint { stroke-width: 1; opacity: .4 }
svg .dashed { stroke-dasharray: 5 4; opacity: .65; stroke-width: 1.4 }
)";
  for (std::size_t i = 0; i < palette_size; ++i) out += fmt::format("svg .c{0} {{ stroke: var(--c{0}) }}\nsvg .f{0}, svg text.f{0} {{ fill: var(--c{0}) }}\n", i);
  return out;
}

std::string chart_file(const Chart& chart, const std::string& subtitle) {
  constexpr double head = 56;
  std::string inner = chart_svg(chart);
  inner.replace(0, inner.find('>') + 1, fmt::format("<svg y=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\">", head, width, height, width, height));
  return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\">\n<style>\n{2}</style>\n<rect width=\"100%\" height=\"100%\" style=\"fill: var(--paper)\"/>\n"
                     "<text x=\"16\" y=\"26\" style=\"font-size: 16px; font-weight: 600\">{3}</text>\n<text class=\"quiet\" x=\"16\" y=\"45\">{4}</text>\n{5}</svg>\n",
                     width, height + head, chart_style("svg"), escaped(chart.title), escaped(shortened(subtitle, 70)), inner);
}

}  // namespace teranga::report
