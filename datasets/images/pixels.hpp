// SPDX-License-Identifier: Apache-2.0
// The pixels of one decoded picture, and what is done to them: another number of channels, another size.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace teranga::datasets {

struct Pixels {
  std::int64_t height = 0, width = 0;
  std::int64_t channels = 0;  // 1: grey; 2: grey, alpha; 3: red, green, blue; 4: red, green, blue, alpha
  std::vector<std::uint8_t> values = {};  // [height, width, channels]
};

// With 1, 3 or 4 channels. Colour becomes grey by the weights 0.299, 0.587 and 0.114 (ITU-R BT.601, as Pillow has it), alpha is dropped, and where
// there is none it is 255.
Pixels with_channels(Pixels pixels, std::int64_t channels);

// Where it has alpha: each value becomes alpha times itself and the rest of the background, red, green and blue; alpha becomes 255. Grey pictures become as grey as the background is.
void lay_on(Pixels& pixels, const std::array<std::uint8_t, 3>& background);

// How pixels are brought to another size.
struct Resizing {
  bool antialias = false;             // making a picture smaller, each new pixel is a weighted mean of all old ones that it covers
  bool crop_to_aspect_ratio = false;  // the middle part of the wanted aspect ratio is resized, so that nothing is distorted
};

// Bilinear interpolation of pixel centres, as tf.image.resize and so Keras has it: pixel i of an axis of `size` pixels lies at (i + 0.5) * old / size - 0.5 in the old one,
// kept inside it. With antialiasing, weights fall to 0 over old / size pixels in place of one, as in Pillow. Values are rounded to the nearest byte, halves up.
void resize(const Pixels& from, const Resizing& how, std::int64_t height, std::int64_t width, std::uint8_t* to);

// Turned and mirrored as the orientation of Exif data asks, 1 to 8.
Pixels turned(Pixels pixels, int orientation);

}  // namespace teranga::datasets
