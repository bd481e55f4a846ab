// SPDX-License-Identifier: Apache-2.0
// Turning, slanting, zooming and moving a picture, in one interpolation: where each pixel of the new picture comes from.
#pragma once

#include <cstdint>

#include <teranga/datasets/picture_changes.hpp>

namespace teranga::datasets {

// Pixel (x, y) of the new picture is the old one's at (xx x + xy y + x0, yx x + yy y + y0).
struct Affine {
  double xx = 1, xy = 0, x0 = 0, yx = 0, yy = 1, y0 = 0;

  // First *this of a picture, then `next` of what came out.
  Affine then(const Affine& next) const;
  static Affine rotation(double radians, const PictureExtents& of);  // counter-clockwise, about the middle
  static Affine shear(double x, double y);
  static Affine zoom(double height, double width, const PictureExtents& of);  // above 1: smaller
  static Affine translation(double down, double right);                       // pixels
};

struct Window {
  std::int64_t top = 0, left = 0, height = 0, width = 0;
};

// Bilinear interpolation of the pixels of `window` of the new picture, as keras.ops.image.affine_transform has it: neighbours beside the old picture are those that `fill` names.
void transform(const float* from, const PictureExtents& extents, const Affine& place, PictureChanges::Fill fill, float fill_value, const Window& window, float* to);

}  // namespace teranga::datasets
