// SPDX-License-Identifier: Apache-2.0
#include "resampling.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace teranga::datasets {

namespace {

constexpr double zero_crossings = 64, beta = 9, rolloff = 0.95;
constexpr std::size_t most_kept = std::size_t{1} << 22;  // weights

// The modified Bessel function of order 0, by its series.
double bessel(double x) {
  double sum = 1, term = 1;
  for (int k = 1; term > 1e-17 * sum; ++k) sum += term *= (x / 2 / k) * (x / 2 / k);
  return sum;
}

// The weights of the moments around one that lies `phase` / `phases` of a step behind the middle one.
class Weights {
 public:
  Weights(std::int64_t from, std::int64_t to)
      : phases_(to), cutoff_(rolloff * std::min(1.0, static_cast<double>(to) / static_cast<double>(from))), half_(static_cast<std::int64_t>(std::ceil(zero_crossings / cutoff_))) {
    const std::size_t all = static_cast<std::size_t>(phases_) * static_cast<std::size_t>(count());
    if (all > most_kept) return;
    kept_.resize(all);
    for (std::int64_t phase = 0; phase < phases_; ++phase) make(phase, kept_.data() + phase * count());
  }
  std::int64_t half() const { return half_; }
  std::int64_t count() const { return 2 * half_ + 1; }

  // Valid until the next call.
  const double* of(std::int64_t phase) {
    if (!kept_.empty()) return kept_.data() + phase * count();
    one_.resize(static_cast<std::size_t>(count()));
    make(phase, one_.data());
    return one_.data();
  }

 private:
  void make(std::int64_t phase, double* to) const {
    const double at = static_cast<double>(phase) / static_cast<double>(phases_), whole = bessel(beta);
    double sum = 0;
    for (std::int64_t k = 0; k < count(); ++k) {
      const double t = cutoff_ * (at - static_cast<double>(k - half_)), place = t / zero_crossings, x = std::numbers::pi * t;
      to[k] = std::fabs(place) >= 1 ? 0 : (t == 0 ? 1 : std::sin(x) / x) * bessel(beta * std::sqrt(1 - place * place)) / whole;
      sum += to[k];
    }
    for (std::int64_t k = 0; k < count(); ++k) to[k] /= sum;
  }

  std::int64_t phases_;
  double cutoff_;
  std::int64_t half_;
  std::vector<double> kept_, one_;
};

}  // namespace

std::int64_t resampled_frames(std::int64_t frames, std::int64_t from, std::int64_t to) {
  const std::int64_t common = std::gcd(from, to);
  return (frames * (to / common) + from / common - 1) / (from / common);
}

std::vector<float> resampled(std::span<const float> sound, std::int64_t from, std::int64_t to) {
  const std::int64_t common = std::gcd(from, to), up = to / common, down = from / common, length = std::ssize(sound);
  Weights weights(down, up);
  std::vector<float> out(static_cast<std::size_t>(resampled_frames(length, from, to)));
  for (std::int64_t n = 0; n < std::ssize(out); ++n) {
    const std::int64_t middle = n * down / up, first = middle - weights.half();
    const double* const w = weights.of(n * down % up);
    double sum = 0;
    for (std::int64_t k = std::max<std::int64_t>(0, -first), end = std::min(weights.count(), length - first); k < end; ++k) sum += w[k] * static_cast<double>(sound[static_cast<std::size_t>(first + k)]);
    out[static_cast<std::size_t>(n)] = static_cast<float>(sum);
  }
  return out;
}

}  // namespace teranga::datasets
