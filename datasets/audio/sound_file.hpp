// SPDX-License-Identifier: Apache-2.0
// One file with a sound, WAV, FLAC or Ogg, told by its first bytes and not by its name. What is wrong with it is a DataError that names it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace teranga::datasets {

// What its header says.
struct SoundFacts {
  std::int64_t rate = 0;    // Hz
  std::int64_t frames = 0;  // moments in time; each has a number for each channel
  int channels = 1;
};

// Longer sounds are refused, before memory is asked for.
constexpr std::int64_t most_frames = std::int64_t{1} << 28;

// Throws DataError where the file is missing, empty, of another kind, without sound, or ends before its header says.
SoundFacts sound_facts(const std::string& path);

// All frames as the mean of the channels. Whole numbers are divided by the largest of their kind, so that all lie in [-1, 1]. Throws DataError where the file cannot be
// read to its end, or a number is not finite.
std::vector<float> read_sound(const std::string& path);

}  // namespace teranga::datasets
