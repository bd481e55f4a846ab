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

}  // namespace

std::int64_t resampled_frames(std::int64_t frames, std::int64_t from, std::int64_t to) {
  const std::int64_t common = std::gcd(from, to);
  return (frames * (to / common) + from / common - 1) / (from / common);
}

Resampler::Resampler(std::int64_t from, std::int64_t to)
    : up_(to / std::gcd(from, to)), down_(from / std::gcd(from, to)), cutoff_(rolloff * std::min(1.0, static_cast<double>(to) / static_cast<double>(from))), half_(static_cast<std::int64_t>(std::ceil(zero_crossings / cutoff_))) {
  const std::size_t all = static_cast<std::size_t>(up_) * static_cast<std::size_t>(taps());
  if (all > most_kept) return;
  kept_.resize(all);
  for (std::int64_t phase = 0; phase < up_; ++phase) make(phase, kept_.data() + phase * taps());
}

// Of the moments around one that lies phase / up of a step behind the middle one.
void Resampler::make(std::int64_t phase, double* to) const {
  const double at = static_cast<double>(phase) / static_cast<double>(up_), whole = bessel(beta);
  double sum = 0;
  for (std::int64_t k = 0; k < taps(); ++k) {
    const double t = cutoff_ * (at - static_cast<double>(k - half_)), place = t / zero_crossings, x = std::numbers::pi * t;
    to[k] = std::fabs(place) >= 1 ? 0 : (t == 0 ? 1 : std::sin(x) / x) * bessel(beta * std::sqrt(1 - place * place)) / whole;
    sum += to[k];
  }
  for (std::int64_t k = 0; k < taps(); ++k) to[k] /= sum;
}

const double* Resampler::weights(std::int64_t phase) {
  if (!kept_.empty()) return kept_.data() + phase * taps();
  one_.resize(static_cast<std::size_t>(taps()));
  make(phase, one_.data());
  return one_.data();
}

std::vector<float> Resampler::resampled(std::span<const float> sound) {
  const std::int64_t length = std::ssize(sound);
  std::vector<float> out(static_cast<std::size_t>(resampled_frames(length, down_, up_)));
  for (std::int64_t n = 0; n < std::ssize(out); ++n) {
    const std::int64_t first = n * down_ / up_ - half_;
    const double* const w = weights(n * down_ % up_);
    double sum = 0;
    for (std::int64_t k = std::max<std::int64_t>(0, -first), end = std::min(taps(), length - first); k < end; ++k) sum += w[k] * static_cast<double>(sound[static_cast<std::size_t>(first + k)]);
    out[static_cast<std::size_t>(n)] = static_cast<float>(sum);
  }
  return out;
}

}  // namespace teranga::datasets
