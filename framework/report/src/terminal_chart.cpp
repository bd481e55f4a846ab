// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/terminal_chart.hpp>

#include <teranga/core/printable.hpp>
#include <teranga/core/utf8.hpp>

#include "html.hpp"
#include "ticks.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

namespace teranga::report {
namespace {

constexpr int label_width = 9;
constexpr std::string_view ascii_marks = "*+ox#@%&";
constexpr int colours[] = {34, 33, 32, 35, 31, 36, 93, 37};

// The points of a plot, which is `wide` x `high` of them, from the top left.
class Canvas {
 public:
  Canvas(int columns, int rows, bool ascii) : columns_(columns), rows_(rows), ascii_(ascii), bits_(static_cast<std::size_t>(columns * rows)), curves_(bits_.size(), 255) {}

  int wide() const { return ascii_ ? columns_ : 2 * columns_; }
  int high() const { return ascii_ ? rows_ : 4 * rows_; }

  void dot(int x, int y, std::size_t curve) {
    if (x < 0 || y < 0 || x >= wide() || y >= high()) return;
    static constexpr std::uint8_t of_place[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    const std::size_t at = static_cast<std::size_t>(ascii_ ? y * columns_ + x : y / 4 * columns_ + x / 2);
    bits_[at] = static_cast<std::uint8_t>(bits_[at] | (ascii_ ? 1 : of_place[y % 4][x % 2]));
    curves_[at] = static_cast<std::uint8_t>(curve % palette);
  }

  void line(int x1, int y1, int x2, int y2, std::size_t curve) {
    const int steps = std::max({std::abs(x2 - x1), std::abs(y2 - y1), 1});
    for (int i = 0; i <= steps; ++i) dot(x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps, curve);
  }

  std::string row(int number, bool coloured) const {
    std::string out;
    int last = 0;
    for (int x = 0; x < columns_; ++x) {
      const std::size_t at = static_cast<std::size_t>(number * columns_ + x);
      const int colour = bits_[at] && coloured ? colours[curves_[at]] : 0;
      if (colour != last) out += fmt::format("\033[{}m", colour);
      last = colour;
      out += symbol(at);
    }
    return last ? out + "\033[0m" : out;
  }

 private:
  static constexpr std::size_t palette = ascii_marks.size();

  std::string symbol(std::size_t at) const {
    if (!bits_[at]) return " ";
    if (ascii_) return std::string(1, ascii_marks[curves_[at]]);
    return {'\xe2', static_cast<char>(0xa0 | bits_[at] >> 6), static_cast<char>(0x80 | (bits_[at] & 0x3f))};  // U+2800 and its bits
  }

  int columns_, rows_;
  bool ascii_;
  std::vector<std::uint8_t> bits_, curves_;
};

std::size_t characters(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += code_point_bytes(text[at])) ++count;
  return count;
}

// The title, and each curve with its last number.
std::string heading(const Chart& chart, const TerminalLook& look) {
  std::string out = printable_line(chart.title);
  std::size_t used = characters(out);
  for (std::size_t i = 0; i < chart.curves.size(); ++i) {
    const Curve& curve = chart.curves[i];
    const auto last = std::find_if(curve.points.rbegin(), curve.points.rend(), [](const Point& point) { return std::isfinite(point.y); });
    if (curve.faint || last == curve.points.rend()) continue;
    const std::string text = fmt::format("  {}{}{}", look.ascii ? fmt::format("{} ", ascii_marks[curve.colour % ascii_marks.size()]) : "", curve.label.empty() ? "" : printable_line(shortened(curve.label, 24)) + " ", number_words(last->y));
    if ((used += characters(text)) > static_cast<std::size_t>(look.columns)) break;
    out += look.colours ? fmt::format("\033[{}m{}\033[0m", colours[curve.colour % std::size(colours)], text) : text;
  }
  return out + "\n";
}

}  // namespace

std::string terminal_chart(const Chart& chart, const TerminalLook& look) {
  std::optional<double> least, most, first, last;
  for (const Curve& curve : chart.curves)
    for (const Point& point : curve.points) {
      if (!std::isfinite(point.y)) continue;
      least = std::min(least.value_or(point.y), point.y), most = std::max(most.value_or(point.y), point.y);
      first = std::min(first.value_or(point.x), point.x), last = std::max(last.value_or(point.x), point.x);
    }
  if (!least) return printable_line(chart.title) + "  (no number yet)\n";
  const int columns = std::max(look.columns - label_width - 1, 8), rows = std::max(look.rows - 2, 2);
  const Axis y_axis(*least, *most, wants_logarithm(*least, *most) ? Axis::Kind::logarithmic : Axis::Kind::linear, std::max(2, rows / 3)), x_axis(std::floor(*first), *last, Axis::Kind::whole, std::max(2, columns / 10));
  Canvas canvas(columns, rows, look.ascii);
  const auto place = [&](const Point& point) { return std::pair(static_cast<int>(std::lround(x_axis.share(point.x) * (canvas.wide() - 1))), static_cast<int>(std::lround((1 - y_axis.share(point.y)) * (canvas.high() - 1)))); };
  for (const Curve& curve : chart.curves) {
    std::optional<std::pair<int, int>> before;
    for (const Point& point : curve.points) {
      if (!std::isfinite(point.y)) {
        before.reset();
        continue;
      }
      const auto [x, y] = place(point);
      canvas.line(before ? before->first : x, before ? before->second : y, x, y, curve.colour);
      before = {x, y};
    }
  }
  std::string out = heading(chart, look);
  std::vector<std::string> labels(static_cast<std::size_t>(rows));
  for (const Tick& tick : y_axis.ticks()) labels[static_cast<std::size_t>(std::lround((1 - y_axis.share(tick.at)) * (rows - 1)))] = tick.label;
  for (int row = 0; row < rows; ++row) out += fmt::format("{:>{}} {}{}\n", labels[static_cast<std::size_t>(row)], label_width - 1, look.ascii ? "|" : "│", canvas.row(row, look.colours));
  std::string below(static_cast<std::size_t>(columns + label_width + 1), ' ');
  for (const Tick& tick : x_axis.ticks()) {
    const std::size_t at = label_width + static_cast<std::size_t>(std::lround(x_axis.share(tick.at) * (columns - 1)));
    if (at + tick.label.size() <= below.size() && (at == 0 || below[at - 1] == ' ') && below[at] == ' ') below.replace(at, tick.label.size(), tick.label);
  }
  return out + below.substr(0, below.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace teranga::report
