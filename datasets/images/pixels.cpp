// SPDX-License-Identifier: Apache-2.0
#include "pixels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include <teranga/core/clones.hpp>

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

// The old pixels that a new one is made of.
struct Taps {
  std::int64_t first = 0;
  std::vector<float> weights = {};
};

std::vector<Taps> taps_of(std::int64_t old_size, std::int64_t new_size, bool antialias) {
  std::vector<Taps> out(static_cast<std::size_t>(new_size));
  const double scale = static_cast<double>(old_size) / static_cast<double>(new_size), reach = antialias ? std::max(scale, 1.0) : 1.0;
  for (std::int64_t i = 0; i < new_size; ++i) {
    const double at = (static_cast<double>(i) + 0.5) * scale - 0.5;
    Taps& taps = out[static_cast<std::size_t>(i)];
    const std::int64_t last = std::min(static_cast<std::int64_t>(std::ceil(at + reach)) - 1, old_size - 1);
    taps.first = std::max<std::int64_t>(static_cast<std::int64_t>(std::floor(at - reach)) + 1, 0);
    double sum = 0;
    for (std::int64_t k = taps.first; k <= last; ++k) sum += 1 - std::abs(static_cast<double>(k) - at) / reach;
    for (std::int64_t k = taps.first; k <= last; ++k) taps.weights.push_back(static_cast<float>((1 - std::abs(static_cast<double>(k) - at) / reach) / sum));
  }
  return out;
}

// One row of the result in between: all columns of the old picture, a row of the new one.
TERANGA_CLONES void add_rows(const std::uint8_t* from, std::int64_t stride, const Taps& rows, std::int64_t count, float* to) {
  std::fill_n(to, count, 0.5F);  // rounds
  std::size_t k = 0;
  for (; k + 1 < rows.weights.size(); k += 2) {
    const std::uint8_t *row = from + (rows.first + static_cast<std::int64_t>(k)) * stride, *next = row + stride;
    const float weight = rows.weights[k], next_weight = rows.weights[k + 1];
    for (std::int64_t i = 0; i < count; ++i) to[i] += weight * static_cast<float>(row[i]) + next_weight * static_cast<float>(next[i]);
  }
  if (k == rows.weights.size()) return;
  const std::uint8_t* row = from + (rows.first + static_cast<std::int64_t>(k)) * stride;
  const float weight = rows.weights[k];
  for (std::int64_t i = 0; i < count; ++i) to[i] += weight * static_cast<float>(row[i]);
}

// A pixel, or what lies behind it.
using Four = float __attribute__((vector_size(16), aligned(4), may_alias));

// `from` has four numbers more than it has columns, so that a pixel can be read as four numbers.
template <int C>
void add_columns(const float* from, const std::vector<Taps>& columns, std::uint8_t* to) {
  for (const Taps& taps : columns) {
    const float* pixel = from + taps.first * C;
    Four sums = {};
    for (const float weight : taps.weights) {
      sums += weight * *reinterpret_cast<const Four*>(pixel);
      pixel += C;
    }
    for (int c = 0; c < C; ++c) *to++ = static_cast<std::uint8_t>(std::min(sums[c], 255.0F));
  }
}

// Of the picture, the part of the same aspect ratio as the wanted size, as keras.preprocessing's smart_resize takes it.
struct Part {
  std::int64_t top = 0, left = 0, height, width;
};

Part part_of(const Pixels& from, const Resizing& how, std::int64_t height, std::int64_t width) {
  if (!how.crop_to_aspect_ratio) return {0, 0, from.height, from.width};
  const std::int64_t high = std::clamp<std::int64_t>(from.width * height / width, 1, from.height), wide = std::clamp<std::int64_t>(from.height * width / height, 1, from.width);
  return {(from.height - high) / 2, (from.width - wide) / 2, high, wide};
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

void lay_on(Pixels& pixels, const std::array<std::uint8_t, 3>& background) {
  if (pixels.channels != 2 && pixels.channels != 4) return;
  const std::int64_t count = pixels.height * pixels.width, colours = pixels.channels - 1;
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint8_t* pixel = pixels.values.data() + i * pixels.channels;
    const int alpha = pixel[colours];
    for (std::int64_t c = 0; c < colours; ++c) {
      const int under = colours == 3 ? background[static_cast<std::size_t>(c)] : grey_of(background.data());
      pixel[c] = static_cast<std::uint8_t>((pixel[c] * alpha + under * (255 - alpha) + 127) / 255);
    }
    pixel[colours] = 255;
  }
}

void resize(const Pixels& from, const Resizing& how, std::int64_t height, std::int64_t width, std::uint8_t* to) {
  const std::int64_t channels = from.channels, stride = from.width * channels;
  const Part part = part_of(from, how, height, width);
  const std::uint8_t* begin = from.values.data() + part.top * stride + part.left * channels;
  if (part.height == height && part.width == width) {
    for (std::int64_t row = 0; row < height; ++row) std::copy_n(begin + row * stride, width * channels, to + row * width * channels);
    return;
  }
  const std::vector<Taps> rows = taps_of(part.height, height, how.antialias), columns = taps_of(part.width, width, how.antialias);
  std::vector<float> between(static_cast<std::size_t>(part.width * channels + 4));
  for (std::int64_t row = 0; row < height; ++row) {
    add_rows(begin, stride, rows[static_cast<std::size_t>(row)], part.width * channels, between.data());
    std::uint8_t* out = to + row * width * channels;
    if (channels == 1) add_columns<1>(between.data(), columns, out);
    else if (channels == 3) add_columns<3>(between.data(), columns, out);
    else add_columns<4>(between.data(), columns, out);
  }
}

Pixels turned(Pixels pixels, int orientation) {
  if (orientation <= 1 || orientation > 8) return pixels;
  const bool swaps = orientation >= 5;
  Pixels out{swaps ? pixels.width : pixels.height, swaps ? pixels.height : pixels.width, pixels.channels};
  out.values.resize(pixels.values.size());
  std::uint8_t* to = out.values.data();
  for (std::int64_t y = 0; y < out.height; ++y)
    for (std::int64_t x = 0; x < out.width; ++x, to += out.channels) {
      // 2: mirrored; 3: by 180 degrees; 4: upside down; 5: transposed; 6: to be turned clockwise; 7: transversed; 8: counter-clockwise.
      std::int64_t row = swaps ? x : y, column = swaps ? y : x;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) row = pixels.height - 1 - row;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) column = pixels.width - 1 - column;
      std::copy_n(pixels.values.data() + (row * pixels.width + column) * out.channels, out.channels, to);
    }
  return out;
}

}  // namespace teranga::datasets
