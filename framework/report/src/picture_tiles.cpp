// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/picture_tiles.hpp>

#include <algorithm>
#include <cmath>

namespace teranga::report {
namespace {

constexpr std::uint8_t between_pictures = 128;

std::uint8_t level_of(double number, const Levels& levels) {
  if (!std::isfinite(number) || !(levels.white > levels.black)) return 0;
  return static_cast<std::uint8_t>(std::lround(255 * std::clamp((number - levels.black) / (levels.white - levels.black), 0.0, 1.0)));
}

Pixels enlarged(const Pixels& one, std::size_t times) {
  Pixels out{static_cast<std::uint32_t>(one.width * times), static_cast<std::uint32_t>(one.height * times), one.channels, {}};
  for (std::size_t y = 0; y < out.height; ++y)
    for (std::size_t x = 0; x < out.width; ++x)
      for (std::size_t c = 0; c < one.channels; ++c) out.bytes.push_back(one.bytes[(y / times * one.width + x / times) * one.channels + c]);
  return out;
}

}  // namespace

Levels levels_of(std::span<const double> numbers) {
  Levels out{0, 0};
  bool any = false;
  for (const double number : numbers) {
    if (!std::isfinite(number)) continue;
    out = any ? Levels{std::min(out.black, number), std::max(out.white, number)} : Levels{number, number};
    any = true;
  }
  return out;
}

Levels levels_around_zero(std::span<const double> numbers) {
  const Levels found = levels_of(numbers);
  const double most = std::max(std::abs(found.black), std::abs(found.white));
  return {-most, most};
}

Pixels pixels_of(std::span<const double> numbers, const PictureShape& shape, const Levels& levels, std::int64_t largest_side) {
  const std::int64_t every = std::max<std::int64_t>(1, (std::max(shape.height, shape.width) + largest_side - 1) / largest_side);
  Pixels out;
  out.width = static_cast<std::uint32_t>((shape.width + every - 1) / every);
  out.height = static_cast<std::uint32_t>((shape.height + every - 1) / every);
  out.channels = static_cast<std::uint32_t>(shape.channels);
  for (std::int64_t y = 0; y < shape.height; y += every)
    for (std::int64_t x = 0; x < shape.width; x += every)
      for (std::int64_t c = 0; c < shape.channels; ++c) out.bytes.push_back(level_of(numbers[static_cast<std::size_t>((y * shape.width + x) * shape.channels + c)], levels));
  return out;
}

Pixels sheet_of(const std::vector<Pixels>& pictures, std::size_t columns, std::size_t times) {
  if (pictures.empty()) return {};
  if (times > 1) {
    std::vector<Pixels> large;
    for (const Pixels& one : pictures) large.push_back(enlarged(one, times));
    return sheet_of(large, columns);
  }
  const Pixels& first = pictures.front();
  columns = std::clamp<std::size_t>(columns, 1, pictures.size());
  const std::size_t rows = (pictures.size() + columns - 1) / columns;
  Pixels out;
  out.channels = first.channels;
  out.width = static_cast<std::uint32_t>(columns * (first.width + 1) + 1);
  out.height = static_cast<std::uint32_t>(rows * (first.height + 1) + 1);
  out.bytes.assign(std::size_t{out.width} * out.height * out.channels, between_pictures);
  const std::size_t row_bytes = std::size_t{first.width} * first.channels;
  for (std::size_t n = 0; n < pictures.size(); ++n) {
    const std::size_t top = n / columns * (first.height + 1) + 1, left = n % columns * (first.width + 1) + 1;
    for (std::size_t y = 0; y < first.height; ++y)
      std::copy_n(pictures[n].bytes.begin() + static_cast<std::ptrdiff_t>(y * row_bytes), row_bytes, out.bytes.begin() + static_cast<std::ptrdiff_t>(((top + y) * out.width + left) * out.channels));
  }
  return out;
}

}  // namespace teranga::report
