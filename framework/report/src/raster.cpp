// SPDX-License-Identifier: Apache-2.0
#include "raster.hpp"

#include <teranga/core/utf8.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace teranga::report {
namespace {

// From the blank to the tilde and three dots behind it, row by row from the top, five bits each from the left.
constexpr std::uint8_t letter_rows[][letter_height] = {
    {0, 0, 0, 0, 0, 0, 0, 0, 0}, {4, 4, 4, 4, 4, 0, 4, 0, 0}, {10, 10, 10, 0, 0, 0, 0, 0, 0}, {10, 10, 31, 10, 31, 10, 10, 0, 0}, {4, 15, 20, 14, 5, 30, 4, 0, 0}, {24, 25, 2, 4, 8, 19, 3, 0, 0},  // blank to %
    {12, 18, 20, 8, 21, 18, 13, 0, 0}, {4, 4, 8, 0, 0, 0, 0, 0, 0}, {2, 4, 8, 8, 8, 4, 2, 0, 0}, {8, 4, 2, 2, 2, 4, 8, 0, 0}, {0, 4, 21, 14, 21, 4, 0, 0, 0}, {0, 4, 4, 31, 4, 4, 0, 0, 0},        // & to +
    {0, 0, 0, 0, 0, 12, 12, 4, 8}, {0, 0, 0, 31, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 12, 12, 0, 0}, {1, 1, 2, 4, 8, 16, 16, 0, 0},                                                                       // , to /
    {14, 17, 19, 21, 25, 17, 14, 0, 0}, {4, 12, 4, 4, 4, 4, 14, 0, 0}, {14, 17, 1, 2, 4, 8, 31, 0, 0}, {31, 2, 4, 2, 1, 17, 14, 0, 0}, {2, 6, 10, 18, 31, 2, 2, 0, 0},                                // 0 to 4
    {31, 16, 30, 1, 1, 17, 14, 0, 0}, {6, 8, 16, 30, 17, 17, 14, 0, 0}, {31, 1, 2, 4, 8, 8, 8, 0, 0}, {14, 17, 17, 14, 17, 17, 14, 0, 0}, {14, 17, 17, 15, 1, 2, 12, 0, 0},                           // 5 to 9
    {0, 12, 12, 0, 12, 12, 0, 0, 0}, {0, 12, 12, 0, 0, 12, 12, 4, 8}, {2, 4, 8, 16, 8, 4, 2, 0, 0}, {0, 0, 31, 0, 31, 0, 0, 0, 0}, {8, 4, 2, 1, 2, 4, 8, 0, 0}, {14, 17, 1, 2, 4, 0, 4, 0, 0},        // : to ?
    {14, 17, 23, 21, 23, 16, 14, 0, 0}, {14, 17, 17, 31, 17, 17, 17, 0, 0}, {30, 17, 17, 30, 17, 17, 30, 0, 0}, {14, 17, 16, 16, 16, 17, 14, 0, 0}, {28, 18, 17, 17, 17, 18, 28, 0, 0},               // @ to D
    {31, 16, 16, 30, 16, 16, 31, 0, 0}, {31, 16, 16, 30, 16, 16, 16, 0, 0}, {14, 17, 16, 23, 17, 17, 15, 0, 0}, {17, 17, 17, 31, 17, 17, 17, 0, 0}, {14, 4, 4, 4, 4, 4, 14, 0, 0},                    // E to I
    {7, 2, 2, 2, 2, 18, 12, 0, 0}, {17, 18, 20, 24, 20, 18, 17, 0, 0}, {16, 16, 16, 16, 16, 16, 31, 0, 0}, {17, 27, 21, 21, 17, 17, 17, 0, 0}, {17, 25, 25, 21, 19, 19, 17, 0, 0},                    // J to N
    {14, 17, 17, 17, 17, 17, 14, 0, 0}, {30, 17, 17, 30, 16, 16, 16, 0, 0}, {14, 17, 17, 17, 21, 18, 13, 0, 0}, {30, 17, 17, 30, 20, 18, 17, 0, 0}, {15, 16, 16, 14, 1, 1, 30, 0, 0},                 // O to S
    {31, 4, 4, 4, 4, 4, 4, 0, 0}, {17, 17, 17, 17, 17, 17, 14, 0, 0}, {17, 17, 17, 17, 17, 10, 4, 0, 0}, {17, 17, 17, 21, 21, 27, 17, 0, 0}, {17, 17, 10, 4, 10, 17, 17, 0, 0},                       // T to X
    {17, 17, 10, 4, 4, 4, 4, 0, 0}, {31, 1, 2, 4, 8, 16, 31, 0, 0}, {14, 8, 8, 8, 8, 8, 14, 0, 0}, {16, 16, 8, 4, 2, 1, 1, 0, 0}, {14, 2, 2, 2, 2, 2, 14, 0, 0}, {4, 10, 17, 0, 0, 0, 0, 0, 0},       // Y to ^
    {0, 0, 0, 0, 0, 0, 0, 31, 0}, {8, 4, 0, 0, 0, 0, 0, 0, 0}, {0, 0, 14, 1, 15, 17, 15, 0, 0}, {16, 16, 22, 25, 17, 17, 30, 0, 0}, {0, 0, 14, 16, 16, 17, 14, 0, 0}, {1, 1, 13, 19, 17, 17, 15, 0, 0},  // _ to d
    {0, 0, 14, 17, 31, 16, 14, 0, 0}, {6, 8, 28, 8, 8, 8, 8, 0, 0}, {0, 0, 15, 17, 17, 17, 15, 1, 14}, {16, 16, 22, 25, 17, 17, 17, 0, 0}, {4, 0, 12, 4, 4, 4, 14, 0, 0},                             // e to i
    {2, 0, 6, 2, 2, 2, 2, 18, 12}, {16, 16, 18, 20, 24, 20, 18, 0, 0}, {12, 4, 4, 4, 4, 4, 14, 0, 0}, {0, 0, 26, 21, 21, 21, 21, 0, 0}, {0, 0, 22, 25, 17, 17, 17, 0, 0},                             // j to n
    {0, 0, 14, 17, 17, 17, 14, 0, 0}, {0, 0, 30, 17, 17, 17, 30, 16, 16}, {0, 0, 15, 17, 17, 17, 15, 1, 1}, {0, 0, 22, 25, 16, 16, 16, 0, 0}, {0, 0, 15, 16, 14, 1, 30, 0, 0},                        // o to s
    {8, 8, 28, 8, 8, 9, 6, 0, 0}, {0, 0, 17, 17, 17, 19, 13, 0, 0}, {0, 0, 17, 17, 17, 10, 4, 0, 0}, {0, 0, 17, 17, 21, 21, 10, 0, 0}, {0, 0, 17, 10, 4, 10, 17, 0, 0},                               // t to x
    {0, 0, 17, 17, 17, 17, 15, 1, 14}, {0, 0, 31, 2, 4, 8, 31, 0, 0}, {2, 4, 4, 8, 4, 4, 2, 0, 0}, {4, 4, 4, 4, 4, 4, 4, 0, 0}, {8, 4, 4, 2, 4, 4, 8, 0, 0}, {0, 0, 8, 21, 2, 0, 0, 0, 0},             // y to ~
    {0, 0, 0, 0, 0, 0, 21, 0, 0}};                                                                                                                                                                     // what is left out
constexpr char left_out = '\x7f';
static_assert(std::size(letter_rows) == left_out - ' ' + 1);

// A letter for each code point.
std::string in_ascii(std::string_view text) {
  std::string whole(text), out;
  repair_utf8(whole);
  for (std::size_t at = 0; at < whole.size(); at += code_point_bytes(whole[at])) {
    if (whole[at] >= ' ' && whole[at] <= '~') out += whole[at];
    else out += whole.compare(at, std::string_view("…").size(), "…") == 0 ? left_out : '?';
  }
  return out;
}

double distance_to(Place point, Place from, Place to) {
  const double dx = to.x - from.x, dy = to.y - from.y, length = dx * dx + dy * dy;
  const double along = length > 0 ? std::clamp(((point.x - from.x) * dx + (point.y - from.y) * dy) / length, 0.0, 1.0) : 0;
  return std::hypot(point.x - from.x - along * dx, point.y - from.y - along * dy);
}

Place between(Place from, Place to, double share) { return {from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)}; }

}  // namespace

Colour colour_of(std::string_view hexadecimal) {
  Colour out{};
  for (std::size_t i = 0; i < 3; ++i) std::from_chars(hexadecimal.data() + 1 + 2 * i, hexadecimal.data() + 3 + 2 * i, out[i], 16);
  return out;
}

Raster::Raster(std::uint32_t width, std::uint32_t height, const Colour& paper) : pixels_{width, height, 3, {}}, covered_(std::size_t{width} * height) {
  for (std::size_t i = 0; i < covered_.size(); ++i) pixels_.bytes.insert(pixels_.bytes.end(), paper.begin(), paper.end());
}

void Raster::cover(std::int64_t x, std::int64_t y, double share) {
  if (x < 0 || y < 0 || x >= pixels_.width || y >= pixels_.height || !(share > 0)) return;
  const auto at = static_cast<std::size_t>(y) * pixels_.width + static_cast<std::size_t>(x);
  if (covered_[at] == 0) touched_.push_back(at);
  covered_[at] = std::max(covered_[at], static_cast<float>(std::min(share, 1.0)));
}

void Raster::blend(const Colour& colour, double opacity) {
  for (const std::size_t at : touched_) {
    const double share = opacity * static_cast<double>(covered_[at]);
    for (std::size_t c = 0; c < 3; ++c) {
      std::uint8_t& level = pixels_.bytes[3 * at + c];
      level = static_cast<std::uint8_t>(std::lround((1 - share) * level + share * colour[c]));
    }
    covered_[at] = 0;
  }
  touched_.clear();
}

// The middle of pixel (x, y) is at (x + 0.5, y + 0.5).
void Raster::segment(Place from, Place to, double half) {
  const auto first = [&](double a, double b) { return static_cast<std::int64_t>(std::floor(std::min(a, b) - half - 1)); };
  const auto last = [&](double a, double b) { return static_cast<std::int64_t>(std::ceil(std::max(a, b) + half + 1)); };
  const std::int64_t right = std::min<std::int64_t>(last(from.x, to.x), pixels_.width), bottom = std::min<std::int64_t>(last(from.y, to.y), pixels_.height);
  for (std::int64_t y = std::max<std::int64_t>(first(from.y, to.y), 0); y < bottom; ++y)
    for (std::int64_t x = std::max<std::int64_t>(first(from.x, to.x), 0); x < right; ++x)
      cover(x, y, half + 0.5 - distance_to({static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5}, from, to));
}

void Raster::line(const std::vector<Place>& places, const Stroke& stroke) {
  const double period = stroke.dash + stroke.gap;
  double walked = 0;
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    const Place &from = places[i], &to = places[i + 1];
    if (!std::isfinite(from.y) || !std::isfinite(to.y)) continue;
    const double length = std::hypot(to.x - from.x, to.y - from.y);
    if (stroke.dash <= 0 || length == 0) segment(from, to, stroke.width / 2);
    // Dashes begin at multiples of the period along the whole line.
    for (double dash = std::floor(walked / period) * period; stroke.dash > 0 && length > 0 && dash < walked + length; dash += period) {
      const double begin = std::max(dash, walked) - walked, end = std::min(dash + stroke.dash, walked + length) - walked;
      if (end > begin) segment(between(from, to, begin / length), between(from, to, end / length), stroke.width / 2);
    }
    walked += length;
  }
  blend(stroke.colour, stroke.opacity);
}

void Raster::disc(Place middle, double radius, const Colour& colour) {
  segment(middle, middle, radius);
  blend(colour, 1);
}

double Raster::width_of(std::string_view text, std::uint32_t size) { return static_cast<double>(in_ascii(text).size()) * letter_step * size - (letter_step - letter_width) * static_cast<double>(size); }

void Raster::words(std::string_view text, Place baseline, std::uint32_t size, const Colour& colour) {
  const std::int64_t top = std::lround(baseline.y) - std::int64_t{letter_height - letter_below} * size;
  std::int64_t left = std::lround(baseline.x);
  for (const char letter : in_ascii(text)) {
    for (std::int64_t y = 0; y < std::int64_t{letter_height} * size; ++y)
      for (std::int64_t x = 0; x < std::int64_t{letter_width} * size; ++x)
        if (letter_rows[letter - ' '][y / size] >> (letter_width - 1 - x / size) & 1) cover(left + x, top + y, 1);
    left += std::int64_t{letter_step} * size;
  }
  blend(colour, 1);
}

}  // namespace teranga::report
