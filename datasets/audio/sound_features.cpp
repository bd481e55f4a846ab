// SPDX-License-Identifier: Apache-2.0
#include "sound_features.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include <teranga/datasets/log.hpp>

namespace teranga::datasets {

namespace {

constexpr double least_power = 1e-10;

}  // namespace

std::vector<sdk::OptionSpec> AskedFeatures::options() {
  return {sdk::text("features", "log_mel").choices({"log_mel", "mfcc", "wave"}).says("log_mel: the power of each mel band in dB; mfcc: cepstral coefficients; wave: the sound itself, one number a step"),
          sdk::integer("sample_rate").optional().in(1000, 384000).says("Hz, to which all sounds are resampled; left out: the one rate that the training sounds have"),
          sdk::integer("win_length").optional().in(2, 1 << 16).says("length of a window (Hann), in moments of the sample rate; left out: 25 ms"),
          sdk::integer("hop_length").optional().in(1, 1 << 20).says("from one window, and so one step, to the next; left out: 10 ms"),
          sdk::integer("n_fft").optional().in(2, 1 << 16).says("length of the Fourier transform, a power of two; left out: the least that holds the window"),
          sdk::integer("n_mels", 40).in(1, 4096).says("number of mel bands (Slaney's scale, each of area 1, as librosa has them)"),
          sdk::real("fmin", 0.0).at_least(0).says("where the mel bands begin, in Hz"),
          sdk::real("fmax").optional().above(0).says("where they end, in Hz; left out: half of the sample rate"),
          sdk::integer("n_mfcc", 20).in(1, 4096).says("number of coefficients of mfcc"),
          sdk::real("top_db", 80.0).at_least(0).says("log_mel and mfcc: powers further below the greatest of the same sound are raised to this distance; 0: they stay")};
}

AskedFeatures AskedFeatures::of(const sdk::Options& options) {
  AskedFeatures asked;
  const std::string kind = options.text("features");
  asked.kind = kind == "wave" ? Kind::wave : kind == "mfcc" ? Kind::mfcc : Kind::log_mel;
  for (const auto& [name, to] : {std::pair{"sample_rate", &asked.rate}, {"win_length", &asked.window}, {"hop_length", &asked.hop}, {"n_fft", &asked.fft}, {"n_mels", &asked.bands}, {"n_mfcc", &asked.coefficients}})
    if (options.has(name)) *to = options.integer(name);
  asked.lowest = options.real("fmin"), asked.range = options.real("top_db");
  if (options.has("fmax")) asked.highest = options.real("fmax");
  return asked;
}

SoundFeatures::SoundFeatures(const AskedFeatures& asked, std::int64_t rate) : asked_(asked) {
  if (asked_.rate == 0) asked_.rate = rate;
  if (asked_.kind == AskedFeatures::Kind::wave) return;
  if (asked_.window == 0) asked_.window = std::max<std::int64_t>(2, asked_.fft > 0 ? std::min(asked_.fft, asked_.rate / 40) : asked_.rate / 40);
  if (asked_.hop == 0) asked_.hop = std::max<std::int64_t>(1, asked_.rate / 100);
  const auto least_fft = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(asked_.window)));
  if (asked_.fft == 0) asked_.fft = least_fft;
  if (!std::has_single_bit(static_cast<std::uint64_t>(asked_.fft))) throw sdk::OptionError("n_fft", fmt::format("expected a power of two, found {}", asked_.fft), fmt::format("n_fft = {}", std::bit_ceil(static_cast<std::uint64_t>(asked_.fft))));
  if (asked_.window > asked_.fft) throw sdk::OptionError("n_fft", fmt::format("expected at least the length of a window, {}, found {}", asked_.window, asked_.fft), fmt::format("n_fft = {}", least_fft));
  const double half = static_cast<double>(asked_.rate) / 2;
  if (asked_.highest == 0) asked_.highest = half;
  if (asked_.highest > half) throw sdk::OptionError("fmax", fmt::format("expected at most half of the sample rate, {} Hz, found {}", half, asked_.highest), "leave out fmax");
  if (asked_.lowest >= asked_.highest) throw sdk::OptionError("fmin", fmt::format("expected less than {} Hz, where the mel bands end, found {}", asked_.highest, asked_.lowest), "fmin = 0");
  if (asked_.kind == AskedFeatures::Kind::mfcc && asked_.coefficients > asked_.bands) throw sdk::OptionError("n_mfcc", fmt::format("expected at most the number of mel bands, {}, found {}", asked_.bands, asked_.coefficients), fmt::format("n_mels = {}", asked_.coefficients));
  spectrum_.emplace(asked_.fft, asked_.window, asked_.hop);
  mel_.emplace(asked_.rate, asked_.fft, asked_.bands, asked_.lowest, asked_.highest);
  if (const std::int64_t none = mel_->empty(); none > 0) log(TRG_LOG_WARNING, fmt::format("{} of {} mel bands lie between two frequencies of the Fourier transform and are always silent; a larger n_fft or fewer n_mels fill them", none, asked_.bands));
  if (asked_.kind == AskedFeatures::Kind::mfcc) cosines_ = cosine_matrix(asked_.coefficients, asked_.bands);
  power_.resize(static_cast<std::size_t>(spectrum_->bins()));
}

std::int64_t SoundFeatures::width() const { return !spectrum_ ? 1 : cosines_.empty() ? asked_.bands : asked_.coefficients; }

std::int64_t SoundFeatures::steps(std::int64_t frames) const { return spectrum_ ? spectrum_->steps(frames) : frames; }

std::int64_t SoundFeatures::bytes(std::int64_t frames) const { return steps(frames) * std::max(width(), spectrum_ ? asked_.bands : 1) * static_cast<std::int64_t>(sizeof(double)); }

void SoundFeatures::of(std::span<const float> sound, float* to) {
  if (!spectrum_) {
    std::copy(sound.begin(), sound.end(), to);
    return;
  }
  const std::int64_t count = steps(std::ssize(sound)), bands = asked_.bands;
  decibels_.resize(static_cast<std::size_t>(count * bands));
  for (std::int64_t step = 0; step < count; ++step) {
    spectrum_->of(sound, step, power_.data());
    for (std::int64_t band = 0; band < bands; ++band) {
      const double* const weights = mel_->weights.data() + band * mel_->bins;
      double sum = 0;
      for (std::int64_t b = mel_->first[static_cast<std::size_t>(band)]; b < mel_->end[static_cast<std::size_t>(band)]; ++b) sum += weights[b] * power_[static_cast<std::size_t>(b)];
      decibels_[static_cast<std::size_t>(step * bands + band)] = 10 * std::log10(std::max(least_power, sum));
    }
  }
  if (asked_.range > 0) {
    const double least = *std::max_element(decibels_.begin(), decibels_.end()) - asked_.range;
    for (double& value : decibels_) value = std::max(value, least);
  }
  if (cosines_.empty()) {
    std::transform(decibels_.begin(), decibels_.end(), to, [](double value) { return static_cast<float>(value); });
    return;
  }
  for (std::int64_t step = 0; step < count; ++step)
    for (std::int64_t k = 0; k < asked_.coefficients; ++k) {
      double sum = 0;
      for (std::int64_t band = 0; band < bands; ++band) sum += cosines_[static_cast<std::size_t>(k * bands + band)] * decibels_[static_cast<std::size_t>(step * bands + band)];
      *to++ = static_cast<float>(sum);
    }
}

std::string SoundFeatures::told() const {
  if (!spectrum_) return fmt::format("wave at {} Hz", asked_.rate);
  const std::string what = cosines_.empty() ? "log_mel" : fmt::format("mfcc: {} coefficients", asked_.coefficients);
  return fmt::format("{}: {} bands from {} to {} Hz, windows of {}, one each {}, n_fft {}, at {} Hz", what, asked_.bands, asked_.lowest, asked_.highest, asked_.window, asked_.hop, asked_.fft, asked_.rate);
}

}  // namespace teranga::datasets
