// SPDX-License-Identifier: Apache-2.0
// Mean and variance of channels from sums over slices and ranks. A variance is a small difference of large sums where the mean lies far from 0. So each slice sums
// distances d = x - k from a centre k of its own, a value of the channel cut to 12 binary digits: what the centres themselves add up to
// (count k, count k^2) is free of rounding, and is kept apart from what the distances add. Sums, C channels each: sum of d; sum of d^2 + 2 k d;
// sum of k; sum of k^2; then the count.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include <teranga/sdk/elementwise.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

class Moments {
 public:
  struct Pair {
    double mean, variance;
  };

  static std::int64_t sum_count(std::int64_t channels) { return 4 * channels + 1; }

  // Of the first row that a slice counts. The centre of a value that is not finite is 0: the distances tell.
  template <class T>
  static void choose_centres(const T* row, std::int64_t channels, T* centre) {
    sdk::each(channels, [=](std::int64_t i) { centre[i] = cut(row[i]); });
  }
  // Adds what the centres of a slice stand for, when its distances and their squares are in the sums. `before`: the sums of distances without this slice.
  template <class T>
  static void finish_slice(double* sums, std::int64_t channels, const T* centre, const double* before, double count) {
    double *squares = sums + channels, *centres = squares + channels, *centre_squares = centres + channels;
    sdk::each(channels, [=](std::int64_t i) {
      const double k = static_cast<double>(centre[i]);
      squares[i] += 2 * k * (sums[i] - before[i]);
      centres[i] += count * k;
      centre_squares[i] += count * k * k;
    });
    sums[4 * channels] += count;
  }

  Moments(const double* sums, std::int64_t channels) : sums_(sums), channels_(channels) {}
  double count() const { return sums_[4 * channels_]; }
  Pair of(std::int64_t channel) const {
    const double n = std::max(count(), 1.0);  // 0: the mask skips all
    const double distances = sums_[channel], squares = sums_[channels_ + channel], centres = sums_[2 * channels_ + channel], centre_squares = sums_[3 * channels_ + channel];
    // All about the middle m of the centres: sum (k - m)^2 = (sum k^2 - m sum k) - m (sum k - n m), with what the products lose by rounding.
    const double middle = centres / n, product = middle * centres, lost = std::fma(middle, centres, -product), rest = std::fma(-n, middle, centres);
    const double about = (centre_squares - product) - lost - middle * rest + (squares - 2 * middle * distances), off = (distances + rest) / n;
    return {middle + off, std::max(about / n - off * off, 0.0)};
  }

 private:
  template <class T>
  static T cut(T x) {
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    constexpr Bits exponent = sizeof(T) == 4 ? Bits(0x7f800000u) : static_cast<Bits>(0x7ff0000000000000u);
    constexpr Bits kept = static_cast<Bits>(~Bits(0)) << (sizeof(T) == 4 ? 12 : 41);
    const Bits bits = std::bit_cast<Bits>(x);
    return std::bit_cast<T>((bits & exponent) == exponent ? Bits(0) : bits & kept);
  }

  const double* sums_;
  std::int64_t channels_;
};

}  // namespace teranga::layers
