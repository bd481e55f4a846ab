// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/chart.hpp>

#include "chart_pen.hpp"
#include "html.hpp"
#include "ticks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace teranga::report {
namespace {

constexpr double width = chart_width, height = chart_height, least_left = 58, right = 92, top = 14, bottom = 42, letter_width = 7;
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
  Drawing(const Chart& chart, ChartPen& pen) : chart_(chart), pen_(pen), values_(range_of_values(chart)), epochs_(range_of(chart, &Point::x)),
        x_axis_(std::min(epochs_.least, epochs_.most > 1 ? 1.0 : 0.0), epochs_.most, Axis::Kind::whole, 7),
        y_axis_(values_.least, values_.most, wants_logarithm(values_.least, values_.most) ? Axis::Kind::logarithmic : Axis::Kind::linear, 5) {
    for (const Tick& tick : y_axis_.ticks()) left_ = std::max(left_, 14 + letter_width * static_cast<double>(tick.label.size()));
  }

  void draw() {
    axes();
    if (chart_.best > 0) pen_.rule(Rule::best, {x(chart_.best), top}, {x(chart_.best), height - bottom}, fmt::format("best epoch: {:.0f}", chart_.best));
    for (const bool faint : {true, false})
      for (const Curve& curve : chart_.curves)
        if (curve.faint == faint) line(curve);
    labels();
  }

 private:
  double x(double epoch) const { return left_ + (width - left_ - right) * x_axis_.share(epoch); }
  double y(double value) const { return height - bottom - (height - top - bottom) * y_axis_.share(value); }

  void axes() {
    for (const Tick& tick : y_axis_.ticks()) {
      pen_.rule(Rule::grid, {left_, y(tick.at)}, {width - right, y(tick.at)}, "");
      pen_.words(tick.label, {left_ - 7, y(tick.at) + 4}, Anchor::end);
    }
    pen_.rule(Rule::axis, {left_, height - bottom}, {width - right, height - bottom}, "");
    for (const Tick& tick : x_axis_.ticks()) {
      pen_.rule(Rule::axis, {x(tick.at), height - bottom}, {x(tick.at), height - bottom + 4}, "");
      pen_.words(tick.label, {x(tick.at), height - bottom + 18}, Anchor::middle);
    }
    pen_.words("epoch", {(left_ + width - right) / 2, height - 6}, Anchor::middle);
  }

  void line(const Curve& curve) {
    const std::vector<Point> points = thinned(curve.points, most_points);
    std::vector<Place> places;
    places.reserve(points.size());
    for (const Point& point : points) places.push_back({x(point.x), std::isfinite(point.y) ? y(point.y) : point.y});
    pen_.curve(curve, places);
    if (curve.faint || points.size() > most_marks) return;
    for (std::size_t i = 0; i < points.size(); ++i)
      if (std::isfinite(points[i].y)) pen_.mark(curve, places[i], points.size() == 1, fmt::format("{}epoch {:.0f}: {}", curve.label.empty() ? "" : curve.label + ", ", points[i].x, number_exact(points[i].y)));
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
      else label(curve, {x(last->x) + 7, y(last->y) - 6});  // where the line ends early
    }
    std::ranges::stable_sort(labels, {}, &Label::y);
    if (static_cast<double>(labels.size()) * apart > height - top - bottom + apart) return;  // the legend names them
    for (std::size_t i = 1; i < labels.size(); ++i) labels[i].y = std::max(labels[i].y, labels[i - 1].y + apart);
    double lowest = height - bottom + 4;
    for (auto one = labels.rbegin(); one != labels.rend(); ++one) {
      one->y = std::min(one->y, lowest);
      lowest = one->y - apart;
    }
    for (const Label& one : labels) label(*one.curve, {width - right + 8, one.y});
  }

  void label(const Curve& curve, Place baseline) { pen_.label(curve, shortened(curve.label, longest_label), baseline); }

  const Chart& chart_;
  ChartPen& pen_;
  Range values_, epochs_;
  Axis x_axis_, y_axis_;
  double left_ = least_left;  // of the plot: there is room for the numbers of the axis
};

class SvgPen final : public ChartPen {
 public:
  std::string take() { return std::move(out_); }

  void rule(Rule kind, Place from, Place to, const std::string& says) override {
    const char* const name = kind == Rule::grid ? "grid" : kind == Rule::axis ? "axis" : "best";
    const std::string title = says.empty() ? std::string() : fmt::format("<title>{}</title>", escaped(says));
    out_ += fmt::format("<line class=\"{}\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"{}\n", name, from.x, to.x, from.y, to.y, title.empty() ? "/>" : ">" + title + "</line>");
  }

  void curve(const Curve& curve, const std::vector<Place>& places) override {
    std::string path;
    bool pen_down = false;
    for (const Place& place : places) {
      if (std::isfinite(place.y)) path += fmt::format("{}{:.1f} {:.1f}", pen_down ? "L" : "M", place.x, place.y);
      pen_down = std::isfinite(place.y);
    }
    out_ += fmt::format("<path class=\"line c{}{}{}\" d=\"{}\"/>\n", curve.colour % palette_size, curve.faint ? " faint" : "", curve.dashed ? " dashed" : "", path);
  }

  void mark(const Curve& curve, Place place, bool alone, const std::string& says) override {
    out_ += fmt::format("<circle class=\"mark f{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"><title>{}</title></circle>\n", curve.colour % palette_size, place.x, place.y, alone ? "4" : "2.6", escaped(says));
  }

  void words(const std::string& text, Place baseline, Anchor anchor) override {
    const char* const name = anchor == Anchor::start ? "start" : anchor == Anchor::middle ? "middle" : "end";
    out_ += fmt::format("<text class=\"quiet\" text-anchor=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", name, baseline.x, baseline.y, escaped(text));
  }

  void label(const Curve& curve, const std::string& text, Place baseline) override {
    out_ += fmt::format("<text class=\"label f{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", curve.colour % palette_size, baseline.x, baseline.y, escaped(text));
  }

 private:
  std::string out_;
};

std::string variables(const Theme& theme) {
  std::string out = fmt::format("--paper: {}; --ink: {}; --quiet: {}; --rule: {}; --tint: {}; --axis: {};", theme.paper, theme.ink, theme.quiet, theme.rule, theme.tint, theme.axis);
  for (std::size_t i = 0; i < palette_size; ++i) out += fmt::format(" --c{}: {};", i, theme.curves[i]);
  return out;
}

}  // namespace

const Theme light_theme = {"#ffffff", "#1b2430", "#53606e", "#dde2e8", "#f4f6f9", "#8a96a3", {"#0b62c4", "#b45309", "#15803d", "#7e22ce", "#be123c", "#0f766e", "#854d0e", "#475569"}};
const Theme dark_theme = {"#12161b", "#e7ebf0", "#a7b3c0", "#2f3843", "#1a2028", "#75828f", {"#6bb2ff", "#ffb454", "#5fd38a", "#cfa3ff", "#ff8fa3", "#52d1c3", "#e2c56b", "#b6c2d1"}};

void draw_chart(const Chart& chart, ChartPen& pen) { Drawing(chart, pen).draw(); }

std::string chart_svg(const Chart& chart) {
  SvgPen pen;
  draw_chart(chart, pen);
  return fmt::format("<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{2}\">\n<title>{2}</title>\n{3}</svg>\n", width, height, escaped(chart.title + " by epoch"), pen.take());
}

std::string chart_style(const std::string& root) {
  std::string out = fmt::format("{} {{ {} }}\n@media (prefers-color-scheme: dark) {{ {} {{ {} }} }}\n", root, variables(light_theme), root, variables(dark_theme));
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
  std::string inner = chart_svg(chart);
  inner.replace(0, inner.find('>') + 1, fmt::format("<svg y=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\">", file_head, width, height, width, height));
  return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\">\n<style>\n{2}</style>\n<rect width=\"100%\" height=\"100%\" style=\"fill: var(--paper)\"/>\n"
                     "<text x=\"16\" y=\"26\" style=\"font-size: 16px; font-weight: 600\">{3}</text>\n<text class=\"quiet\" x=\"16\" y=\"45\">{4}</text>\n{5}</svg>\n",
                     width, height + file_head, chart_style("svg"), escaped(chart.title), escaped(shortened(subtitle, 70)), inner);
}

}  // namespace teranga::report
