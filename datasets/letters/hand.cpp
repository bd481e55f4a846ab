// SPDX-License-Identifier: Apache-2.0
#include "hand.hpp"

#include "glyphs.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace teranga::datasets {
namespace {

// The distributions of the standard library differ from one library to the next; its generators do not.
class Draws {
 public:
  Draws(std::uint64_t seed, double wobble) : generator_(seed), wobble_(wobble) {}
  // Around the middle by at most `width`.
  double around(double middle, double width) { return middle + wobble_ * width * (2 * unit() - 1); }
  double unit() { return static_cast<double>(generator_() >> 11) * 0x1p-53; }
  // Of mean 0 (Box and Muller).
  double normal(double deviation) {
    const double radius = std::sqrt(-2 * std::log(1 - unit()));
    return wobble_ * deviation * radius * std::cos(2 * std::numbers::pi * unit());
  }

 private:
  std::mt19937_64 generator_;
  double wobble_;
};

struct Segment {
  Point from, to;
};

// From the box of the glyphs to that of the picture.
class Placing {
 public:
  explicit Placing(Draws& draws) {
    const double turn = draws.around(0, 0.35), slant = draws.around(0, 0.35), width = draws.around(0.52, 0.16), height = draws.around(0.62, 0.14);
    xx_ = width * std::cos(turn), xy_ = height * (slant * std::cos(turn) - std::sin(turn));
    yx_ = width * std::sin(turn), yy_ = height * (slant * std::sin(turn) + std::cos(turn));
    left_ = draws.around(0.5, 0.1), top_ = draws.around(0.5, 0.1);
  }
  Point operator()(const Point& p) const { return {left_ + xx_ * (p.x - 0.5) + xy_ * (p.y - 0.5), top_ + yx_ * (p.x - 0.5) + yy_ * (p.y - 0.5)}; }

 private:
  double xx_, xy_, yx_, yy_, left_, top_;
};

std::vector<Segment> segments_of(char character, Draws& draws) {
  constexpr double unsteady = 0.04;
  const Placing placing(draws);
  std::vector<Segment> out;
  for (Stroke& stroke : strokes_of(character)) {
    for (Point& p : stroke.points) p = placing({p.x + draws.normal(unsteady), p.y + draws.normal(unsteady)});
    const std::vector<Point> path = path_of(stroke);
    for (std::size_t i = 0; i + 1 < path.size(); ++i) out.push_back({path[i], path[i + 1]});
  }
  return out;
}

double squared_distance(const Point& p, const Segment& s) {
  const double dx = s.to.x - s.from.x, dy = s.to.y - s.from.y, length = dx * dx + dy * dy;
  const double along = length > 0 ? std::clamp(((p.x - s.from.x) * dx + (p.y - s.from.y) * dy) / length, 0.0, 1.0) : 0.0;
  const double x = p.x - s.from.x - along * dx, y = p.y - s.from.y - along * dy;
  return x * x + y * y;
}

}  // namespace

void draw(char character, std::uint64_t seed, double wobble, std::size_t size, std::span<std::uint8_t> pixels) {
  Draws draws(seed, wobble);
  const std::vector<Segment> segments = segments_of(character, draws);
  const double pen = draws.around(0.045, 0.02), ink = draws.around(225, 30), edge = 1.0 / static_cast<double>(size);
  for (std::size_t row = 0; row < size; ++row)
    for (std::size_t column = 0; column < size; ++column) {
      const Point at{(static_cast<double>(column) + 0.5) * edge, (static_cast<double>(row) + 0.5) * edge};
      double nearest = 2;
      for (const Segment& segment : segments) nearest = std::min(nearest, squared_distance(at, segment));
      const double covered = std::clamp(0.5 + (pen - std::sqrt(nearest)) / edge, 0.0, 1.0);
      const double grain = draws.normal(12);
      pixels[row * size + column] = static_cast<std::uint8_t>(std::clamp(ink * covered + grain, 0.0, 255.0));
    }
}

}  // namespace teranga::datasets
