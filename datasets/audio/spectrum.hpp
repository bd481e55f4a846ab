// SPDX-License-Identifier: Apache-2.0
// From a sound to the power of its frequencies, moment by moment, and to bands as people hear them. All means what it means in librosa 0.11.
#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace teranga::datasets {

// librosa.stft(center=True, window="hann", pad_mode="constant"), of which the squares of the absolute values are given.
class PowerSpectrum {
 public:
  // fft: a power of two; window <= fft: the length of the Hann window, which lies in the middle of the fft; hop: from one window to the next.
  PowerSpectrum(std::int64_t fft, std::int64_t window, std::int64_t hop);

  std::int64_t bins() const { return fft_ / 2 + 1; }
  std::int64_t steps(std::int64_t frames) const { return 1 + frames / hop_; }
  // power: [bins] of the window whose middle is moment step * hop. Beyond its ends the sound is 0.
  void of(std::span<const float> sound, std::int64_t step, double* power);

 private:
  void transform();

  std::int64_t fft_, hop_;
  std::vector<double> window_;  // [fft]
  std::vector<std::complex<double>> values_, turns_;
  std::vector<std::size_t> swapped_;  // the bits of each index in reverse order
};

// librosa.filters.mel(htk=False, norm="slaney"): [bands, bins] of weights, most of them 0.
struct MelBands {
  std::int64_t bands = 0, bins = 0;
  std::vector<double> weights = {};
  std::vector<std::int64_t> first = {}, end = {};  // of each band: where it has weights; equal: nowhere

  MelBands(std::int64_t rate, std::int64_t fft, std::int64_t count, double lowest, double highest);
  std::int64_t empty() const;  // how many have none
};

// scipy.fft.dct(type=2, norm="ortho") as a matrix [coefficients, bands].
std::vector<double> cosine_matrix(std::int64_t coefficients, std::int64_t bands);

}  // namespace teranga::datasets
