// SPDX-License-Identifier: Apache-2.0
// What a sound becomes: its wave, its log-mel spectrogram or its cepstral coefficients (MFCC), a row of numbers for each step.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <teranga/sdk/options.hpp>

#include "spectrum.hpp"

namespace teranga::datasets {

// What the options ask for; times in moments of the sample rate.
struct AskedFeatures {
  enum class Kind { wave, log_mel, mfcc };
  Kind kind = Kind::log_mel;
  std::int64_t rate = 0;  // Hz; 0: that of the training files
  std::int64_t fft = 0, window = 0, hop = 0;  // 0: by the rate
  std::int64_t bands = 0, coefficients = 0;
  double lowest = 0, highest = 0;  // Hz; highest 0: half of the rate
  double range = 0;                // dB; 0: no limit

  static std::vector<sdk::OptionSpec> options();
  static AskedFeatures of(const sdk::Options& options);
};

class SoundFeatures {
 public:
  // `rate`: of the sounds, where the options leave it to them. Throws OptionError.
  SoundFeatures(const AskedFeatures& asked, std::int64_t rate);

  std::int64_t rate() const { return asked_.rate; }
  std::int64_t width() const;                          // numbers of a step
  std::int64_t steps(std::int64_t frames) const;       // of a sound at rate()
  std::int64_t bytes(std::int64_t frames) const;       // that making them takes
  // steps(sound.size()) rows of width() numbers:
  //   log_mel: 10 log10(max(1e-10, mel power)), at least its maximum less `range`: librosa.power_to_db(librosa.feature.melspectrogram(...), top_db=range)
  //   mfcc:    the first coefficients of the cosine transform of that: librosa.feature.mfcc
  void of(std::span<const float> sound, float* to);
  // "log_mel: 40 bands from 0 to 4000 Hz, windows of 200, one each 80, at 8000 Hz"
  std::string told() const;

 private:
  AskedFeatures asked_;
  std::optional<PowerSpectrum> spectrum_;  // none: the wave itself
  std::optional<MelBands> mel_;
  std::vector<double> cosines_;
  std::vector<double> power_, decibels_;  // of one step; of all
};

}  // namespace teranga::datasets
