// SPDX-License-Identifier: Apache-2.0
// Changes of the colours of a picture, in place: values [pixels, channels] within a range. Of four channels the last one, alpha, stays as it is.
#pragma once

#include <cstdint>

#include <teranga/datasets/picture_changes.hpp>

namespace teranga::datasets {

struct Values {
  float* data;
  std::int64_t pixels, channels;
  Span range;

  std::int64_t colours() const { return channels == 4 ? 3 : channels == 2 ? 1 : channels; }
};

void add(const Values& picture, double amount);             // and keeps values within the range, as the others do
void multiply_contrast(const Values& picture, double factor);  // about the mean of each channel
void multiply_saturation(const Values& picture, double factor);
void turn_hue(const Values& picture, double turn);          // of the colour circle
void make_grey(const Values& picture);                      // 0.2989 red + 0.587 green + 0.114 blue
void light(const Values& picture, const ColourAxes& axes, const double* factors);

// Sums over colours of many pictures, for their axes.
class ColourSums {
 public:
  void take(const Values& picture);
  ColourAxes axes() const;

 private:
  double count_ = 0;
  std::array<double, 3> sums_{};
  std::array<double, 9> products_{};
};

}  // namespace teranga::datasets
