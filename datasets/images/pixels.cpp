// SPDX-License-Identifier: Apache-2.0
#include "pixels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace teranga::datasets {

namespace {

std::uint8_t grey_of(const std::uint8_t* rgb) { return static_cast<std::uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16); }

void convert_pixel(const std::uint8_t* from, std::int64_t had, std::uint8_t* to, std::int64_t wanted) {
  const bool colour = had >= 3;
  if (wanted == 1) {
    *to = colour ? grey_of(from) : *from;
    return;
  }
  for (std::int64_t c = 0; c < 3; ++c) to[c] = from[colour ? c : 0];
  if (wanted == 4) to[3] = had == 2 || had == 4 ? from[had - 1] : 255;
}

// Where a new pixel lies between two old ones: before + share * (after - before).
struct Between {
  std::int64_t before, after;
  double share;
};

std::vector<Between> places(std::int64_t old_size, std::int64_t new_size) {
  std::vector<Between> out;
  out.reserve(static_cast<std::size_t>(new_size));
  for (std::int64_t i = 0; i < new_size; ++i) {
    const double at = (static_cast<double>(i) + 0.5) * static_cast<double>(old_size) / static_cast<double>(new_size) - 0.5;
    const double floor = std::floor(at);
    const auto before = static_cast<std::int64_t>(floor);
    out.push_back({std::max<std::int64_t>(before, 0), std::min(before + 1, old_size - 1), at - floor});
  }
  return out;
}

}  // namespace

Pixels with_channels(Pixels pixels, std::int64_t channels) {
  if (pixels.channels == channels) return pixels;
  Pixels out{pixels.height, pixels.width, channels};
  const std::int64_t count = pixels.height * pixels.width;
  out.values.resize(static_cast<std::size_t>(count * channels));
  for (std::int64_t i = 0; i < count; ++i)
    convert_pixel(pixels.values.data() + i * pixels.channels, pixels.channels, out.values.data() + i * channels, channels);
  return out;
}

void resize(const Pixels& from, std::int64_t height, std::int64_t width, std::uint8_t* to) {
  if (from.height == height && from.width == width) {
    std::copy(from.values.begin(), from.values.end(), to);
    return;
  }
  const std::vector<Between> rows = places(from.height, height), columns = places(from.width, width);
  const std::int64_t channels = from.channels;
  for (const Between& row : rows) {
    const std::uint8_t* top = from.values.data() + row.before * from.width * channels;
    const std::uint8_t* bottom = from.values.data() + row.after * from.width * channels;
    for (const Between& column : columns)
      for (std::int64_t c = 0; c < channels; ++c) {
        const std::int64_t left = column.before * channels + c, right = column.after * channels + c;
        const double above = top[left] + column.share * (top[right] - top[left]);
        const double below = bottom[left] + column.share * (bottom[right] - bottom[left]);
        *to++ = static_cast<std::uint8_t>(above + row.share * (below - above) + 0.5);
      }
  }
}

}  // namespace teranga::datasets
