// SPDX-License-Identifier: Apache-2.0
#include "spectrum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace teranga::datasets {

PowerSpectrum::PowerSpectrum(std::int64_t fft, std::int64_t window, std::int64_t hop)
    : fft_(fft), hop_(hop), window_(static_cast<std::size_t>(fft)), values_(static_cast<std::size_t>(fft)), turns_(static_cast<std::size_t>(fft / 2)), swapped_(static_cast<std::size_t>(fft)) {
  const std::int64_t before = (fft - window) / 2;
  for (std::int64_t i = 0; i < window; ++i) window_[static_cast<std::size_t>(before + i)] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(window));
  for (std::size_t i = 0; i < turns_.size(); ++i) turns_[i] = std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(fft));
  const int bits = std::countr_zero(static_cast<std::uint64_t>(fft));
  for (std::size_t i = 0; i < swapped_.size(); ++i)
    for (int b = 0; b < bits; ++b) swapped_[i] |= (i >> b & 1) << (bits - 1 - b);
}

// Cooley and Tukey's algorithm in place; the values lie in swapped order before.
void PowerSpectrum::transform() {
  const std::size_t all = values_.size();
  for (std::size_t half = 1; half < all; half *= 2) {
    const std::size_t stride = all / 2 / half;
    for (std::size_t begin = 0; begin < all; begin += 2 * half)
      for (std::size_t i = 0; i < half; ++i) {
        const std::complex<double> turn = turns_[i * stride], other = values_[begin + half + i];
        const std::complex<double> turned(turn.real() * other.real() - turn.imag() * other.imag(), turn.real() * other.imag() + turn.imag() * other.real());
        values_[begin + half + i] = values_[begin + i] - turned;
        values_[begin + i] += turned;
      }
  }
}

void PowerSpectrum::of(std::span<const float> sound, std::int64_t step, double* power) {
  const std::int64_t first = step * hop_ - fft_ / 2;
  for (std::int64_t i = 0; i < fft_; ++i) {
    const std::int64_t at = first + i;
    const double value = at < 0 || at >= std::ssize(sound) ? 0 : static_cast<double>(sound[static_cast<std::size_t>(at)]);
    values_[swapped_[static_cast<std::size_t>(i)]] = value * window_[static_cast<std::size_t>(i)];
  }
  transform();
  for (std::int64_t b = 0; b < bins(); ++b) power[b] = std::norm(values_[static_cast<std::size_t>(b)]);
}

namespace {

// Slaney's scale: 3 mel for each 200 Hz up to 1000 Hz, above it 27 mel for each factor of 6.4.
constexpr double hz_per_mel = 200.0 / 3, log_from_hz = 1000, log_from_mel = log_from_hz / hz_per_mel;
const double log_step = std::log(6.4) / 27;

double mel_of(double hz) { return hz < log_from_hz ? hz / hz_per_mel : log_from_mel + std::log(hz / log_from_hz) / log_step; }
double hz_of(double mel) { return mel < log_from_mel ? mel * hz_per_mel : log_from_hz * std::exp(log_step * (mel - log_from_mel)); }

}  // namespace

MelBands::MelBands(std::int64_t rate, std::int64_t fft, std::int64_t count, double lowest, double highest)
    : bands(count), bins(fft / 2 + 1), weights(static_cast<std::size_t>(count * bins)), first(static_cast<std::size_t>(count)), end(static_cast<std::size_t>(count)) {
  std::vector<double> edges(static_cast<std::size_t>(count) + 2);
  const double from = mel_of(lowest), to = mel_of(highest);
  for (std::size_t i = 0; i < edges.size(); ++i) edges[i] = hz_of(from + (to - from) * static_cast<double>(i) / static_cast<double>(count + 1));
  for (std::size_t band = 0; band < static_cast<std::size_t>(count); ++band) {
    const double low = edges[band], middle = edges[band + 1], high = edges[band + 2];
    for (std::int64_t b = 0; b < bins; ++b) {
      const double hz = static_cast<double>(b) * static_cast<double>(rate) / static_cast<double>(fft);
      const double weight = std::max(0.0, std::min((hz - low) / (middle - low), (high - hz) / (high - middle))) * 2 / (high - low);
      if (weight <= 0) continue;
      weights[band * static_cast<std::size_t>(bins) + static_cast<std::size_t>(b)] = weight;
      if (end[band] == 0) first[band] = b;
      end[band] = b + 1;
    }
  }
}

std::int64_t MelBands::empty() const {
  std::int64_t none = 0;
  for (std::size_t band = 0; band < first.size(); ++band) none += first[band] == end[band];
  return none;
}

std::vector<double> cosine_matrix(std::int64_t coefficients, std::int64_t bands) {
  std::vector<double> out(static_cast<std::size_t>(coefficients * bands));
  const auto n = static_cast<double>(bands);
  for (std::int64_t k = 0; k < coefficients; ++k)
    for (std::int64_t b = 0; b < bands; ++b)
      out[static_cast<std::size_t>(k * bands + b)] = std::sqrt((k == 0 ? 1 : 2) / n) * std::cos(std::numbers::pi * static_cast<double>(k) * (2 * static_cast<double>(b) + 1) / (2 * n));
  return out;
}

}  // namespace teranga::datasets
