// SPDX-License-Identifier: Apache-2.0
#include "picture_colours.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace teranga::datasets {

namespace {

float kept_within(double value, const Span& range) { return static_cast<float>(std::clamp(value, range.from, range.to)); }

struct Hsv {
  double hue, saturation, value;  // 0 to 1
};

Hsv hsv_of(double red, double green, double blue) {
  const double most = std::max({red, green, blue}), span = most - std::min({red, green, blue});
  if (span <= 0) return {0, 0, most};
  double hue = most == red ? (green - blue) / span : most == green ? 2 + (blue - red) / span : 4 + (red - green) / span;
  hue /= 6;
  return {hue < 0 ? hue + 1 : hue, most > 0 ? span / most : 0, most};
}

void rgb_of(const Hsv& hsv, double* rgb) {
  for (int i = 0; i < 3; ++i) {
    const double place = std::fmod(hsv.hue * 6 + (i == 0 ? 5 : i == 1 ? 3 : 1), 6.0);
    rgb[i] = hsv.value * (1 - hsv.saturation * std::clamp(std::min(place, 4 - place), 0.0, 1.0));
  }
}

template <class F>
void in_hsv(const Values& picture, F&& change) {
  const double length = picture.range.length();
  for (std::int64_t i = 0; i < picture.pixels; ++i) {
    float* pixel = picture.data + i * picture.channels;
    double rgb[3];
    for (int c = 0; c < 3; ++c) rgb[c] = (static_cast<double>(pixel[c]) - picture.range.from) / length;
    Hsv hsv = hsv_of(rgb[0], rgb[1], rgb[2]);
    change(hsv);
    rgb_of(hsv, rgb);
    for (int c = 0; c < 3; ++c) pixel[c] = kept_within(picture.range.from + length * rgb[c], picture.range);
  }
}

// Eigenvalues of a symmetric 3 x 3 matrix on its diagonal afterwards, eigenvectors as the rows of `vectors` (Jacobi's rotations).
void diagonalize(std::array<double, 9>& matrix, std::array<double, 9>& vectors) {
  vectors = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  for (int sweep = 0; sweep < 50; ++sweep)
    for (const auto& [p, q] : {std::pair<std::size_t, std::size_t>{0, 1}, {0, 2}, {1, 2}}) {
      const double off = matrix[p * 3 + q];
      if (std::abs(off) < 1e-300) continue;
      const double theta = (matrix[q * 4] - matrix[p * 4]) / (2 * off), t = (theta < 0 ? -1 : 1) / (std::abs(theta) + std::sqrt(theta * theta + 1)), c = 1 / std::sqrt(t * t + 1), s = t * c;
      for (std::size_t k = 0; k < 3; ++k) {
        const double a = matrix[k * 3 + p], b = matrix[k * 3 + q];
        matrix[k * 3 + p] = c * a - s * b, matrix[k * 3 + q] = s * a + c * b;
      }
      for (std::size_t k = 0; k < 3; ++k) {
        const double a = matrix[p * 3 + k], b = matrix[q * 3 + k], u = vectors[p * 3 + k], v = vectors[q * 3 + k];
        matrix[p * 3 + k] = c * a - s * b, matrix[q * 3 + k] = s * a + c * b;
        vectors[p * 3 + k] = c * u - s * v, vectors[q * 3 + k] = s * u + c * v;
      }
    }
}

}  // namespace

void add(const Values& picture, double amount) {
  for (std::int64_t i = 0; i < picture.pixels; ++i)
    for (std::int64_t c = 0; c < picture.colours(); ++c) {
      float& value = picture.data[i * picture.channels + c];
      value = kept_within(static_cast<double>(value) + amount, picture.range);
    }
}

void multiply_contrast(const Values& picture, double factor) {
  for (std::int64_t c = 0; c < picture.colours(); ++c) {
    double sum = 0;
    for (std::int64_t i = 0; i < picture.pixels; ++i) sum += static_cast<double>(picture.data[i * picture.channels + c]);
    const double mean = sum / static_cast<double>(picture.pixels);
    for (std::int64_t i = 0; i < picture.pixels; ++i) {
      float& value = picture.data[i * picture.channels + c];
      value = kept_within((static_cast<double>(value) - mean) * factor + mean, picture.range);
    }
  }
}

void multiply_saturation(const Values& picture, double factor) {
  in_hsv(picture, [&](Hsv& hsv) { hsv.saturation = std::clamp(hsv.saturation * factor, 0.0, 1.0); });
}

void turn_hue(const Values& picture, double turn) {
  in_hsv(picture, [&](Hsv& hsv) { hsv.hue += turn, hsv.hue -= std::floor(hsv.hue); });
}

void make_grey(const Values& picture) {
  for (std::int64_t i = 0; i < picture.pixels; ++i) {
    float* pixel = picture.data + i * picture.channels;
    const double grey = 0.2989 * static_cast<double>(pixel[0]) + 0.587 * static_cast<double>(pixel[1]) + 0.114 * static_cast<double>(pixel[2]);
    std::fill_n(pixel, 3, static_cast<float>(grey));
  }
}

void light(const Values& picture, const ColourAxes& axes, const double* factors) {
  double shift[3] = {};
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (std::size_t c = 0; c < 3; ++c) shift[c] += axes.vectors[axis * 3 + c] * axes.values[axis] * factors[axis] * picture.range.length();
  for (std::int64_t i = 0; i < picture.pixels; ++i)
    for (std::int64_t c = 0; c < 3; ++c) {
      float& value = picture.data[i * picture.channels + c];
      value = kept_within(static_cast<double>(value) + shift[c], picture.range);
    }
}

void ColourSums::take(const Values& picture) {
  for (std::int64_t i = 0; i < picture.pixels; ++i) {
    double rgb[3];
    for (std::int64_t c = 0; c < 3; ++c) rgb[c] = (static_cast<double>(picture.data[i * picture.channels + c]) - picture.range.from) / picture.range.length();
    for (std::size_t a = 0; a < 3; ++a) {
      sums_[a] += rgb[a];
      for (std::size_t b = 0; b < 3; ++b) products_[a * 3 + b] += rgb[a] * rgb[b];
    }
  }
  count_ += static_cast<double>(picture.pixels);
}

ColourAxes ColourSums::axes() const {
  std::array<double, 9> covariance{}, vectors{};
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = 0; b < 3; ++b) covariance[a * 3 + b] = count_ > 0 ? products_[a * 3 + b] / count_ - sums_[a] / count_ * sums_[b] / count_ : 0;
  diagonalize(covariance, vectors);
  std::array<std::size_t, 3> order = {0, 1, 2};
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return covariance[a * 4] > covariance[b * 4]; });
  ColourAxes out;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t of = order[axis];
    out.values[axis] = std::max(0.0, covariance[of * 4]);
    const double sign = vectors[of * 3] + vectors[of * 3 + 1] + vectors[of * 3 + 2] < 0 ? -1 : 1;
    for (std::size_t c = 0; c < 3; ++c) out.vectors[axis * 3 + c] = sign * vectors[of * 3 + c];
  }
  return out;
}

}  // namespace teranga::datasets
