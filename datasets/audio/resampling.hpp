// SPDX-License-Identifier: Apache-2.0
// A sound at another sample rate, by interpolation with a windowed sinc (J. O. Smith, "Digital Audio Resampling", https://ccrma.stanford.edu/~jos/resample/).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace teranga::datasets {

// How many moments a sound of `frames` has at the other rate: frames * to / from, rounded up.
std::int64_t resampled_frames(std::int64_t frames, std::int64_t from, std::int64_t to);

// y[n] = sum over k of x[k] h(n * from / to - k), h(t) = c sinc(c t) kaiser(c t / 64), c = 0.95 min(1, to / from), beta = 9; the weights of each y are divided by their sum. Beyond
// its ends the sound is 0. Tones above half of the lower rate are damped by 80 dB or more, tones below 0.88 of that change by less than 0.001.
class Resampler {
 public:
  Resampler(std::int64_t from, std::int64_t to);
  std::vector<float> resampled(std::span<const float> sound);

 private:
  std::int64_t taps() const { return 2 * half_ + 1; }
  const double* weights(std::int64_t phase);  // valid until the next call
  void make(std::int64_t phase, double* to) const;

  std::int64_t up_, down_;  // the rates without common factors
  double cutoff_;
  std::int64_t half_;                // moments on each side of the middle one
  std::vector<double> kept_, one_;  // [up, taps], or those of one phase where they would be too many
};

}  // namespace teranga::datasets
