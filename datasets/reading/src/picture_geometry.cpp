// SPDX-License-Identifier: Apache-2.0
#include "picture_geometry.hpp"

#include <algorithm>
#include <cmath>

namespace teranga::datasets {

namespace {

using Fill = PictureChanges::Fill;

// The pixel of an axis that stands for pixel `at`, which may lie beside it; -1: the fill value does.
std::int64_t stand_in(std::int64_t at, std::int64_t size, Fill fill) {
  if (at >= 0 && at < size) return at;
  if (fill == Fill::constant) return -1;
  if (fill == Fill::nearest) return std::clamp<std::int64_t>(at, 0, size - 1);
  const std::int64_t period = fill == Fill::wrap ? size : 2 * size;
  const std::int64_t within = ((at % period) + period) % period;
  return within < size ? within : period - 1 - within;
}

}  // namespace

Affine Affine::then(const Affine& next) const {
  return {xx * next.xx + xy * next.yx, xx * next.xy + xy * next.yy, xx * next.x0 + xy * next.y0 + x0, yx * next.xx + yy * next.yx, yx * next.xy + yy * next.yy, yx * next.x0 + yy * next.y0 + y0};
}

Affine Affine::rotation(double radians, const PictureExtents& of) {
  const double c = std::cos(radians), s = std::sin(radians), x = static_cast<double>(of.width - 1) / 2, y = static_cast<double>(of.height - 1) / 2;
  return {c, -s, x - x * c + y * s, s, c, y - x * s - y * c};
}

Affine Affine::shear(double x, double y) { return {1, x, 0, y, 1, 0}; }

Affine Affine::zoom(double height, double width, const PictureExtents& of) {
  return {width, 0, static_cast<double>(of.width - 1) / 2 * (1 - width), 0, height, static_cast<double>(of.height - 1) / 2 * (1 - height)};
}

Affine Affine::translation(double down, double right) { return {1, 0, -right, 0, 1, -down}; }

void transform(const float* from, const PictureExtents& extents, const Affine& place, Fill fill, float fill_value, const Window& window, float* to) {
  const std::int64_t channels = extents.channels, line = extents.width * channels;
  for (std::int64_t row = 0; row < window.height; ++row)
    for (std::int64_t column = 0; column < window.width; ++column, to += channels) {
      const double x = static_cast<double>(window.left + column), y = static_cast<double>(window.top + row);
      const double at_x = place.xx * x + place.xy * y + place.x0, at_y = place.yx * x + place.yy * y + place.y0;
      const double left = std::floor(at_x), top = std::floor(at_y);
      const auto share_x = static_cast<float>(at_x - left), share_y = static_cast<float>(at_y - top);
      const auto x0 = static_cast<std::int64_t>(left), y0 = static_cast<std::int64_t>(top);
      const std::int64_t columns[2] = {stand_in(x0, extents.width, fill), stand_in(x0 + 1, extents.width, fill)}, rows[2] = {stand_in(y0, extents.height, fill), stand_in(y0 + 1, extents.height, fill)};
      const float weights[4] = {(1 - share_y) * (1 - share_x), (1 - share_y) * share_x, share_y * (1 - share_x), share_y * share_x};
      std::fill_n(to, channels, 0.0F);
      for (int i = 0; i < 4; ++i) {
        const std::int64_t r = rows[i / 2], c = columns[i % 2];
        if (r < 0 || c < 0) {
          for (std::int64_t k = 0; k < channels; ++k) to[k] += weights[i] * fill_value;
        } else {
          const float* pixel = from + r * line + c * channels;
          for (std::int64_t k = 0; k < channels; ++k) to[k] += weights[i] * pixel[k];
        }
      }
    }
}

}  // namespace teranga::datasets
