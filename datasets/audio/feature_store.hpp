// SPDX-License-Identifier: Apache-2.0
// The features of many recordings: held once for all processes of the machine where they are not too many bytes, otherwise made from the file whenever they are asked for.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <teranga/sdk/node_memory.hpp>
#include <teranga/sdk/options.hpp>

#include "broken_sounds.hpp"
#include "recordings.hpp"
#include "resampling.hpp"
#include "sound_features.hpp"
#include "sound_file.hpp"

namespace teranga::datasets {

class FeatureStore {
 public:
  static std::vector<sdk::OptionSpec> options();  // "memory"
  FeatureStore() = default;
  // Reads all sounds once. `rate`: as in SoundFeatures; 0: the one that the first `decisive` recordings have, or DataError. Throws DataError where sounds are broken and are not to be skipped.
  FeatureStore(std::vector<Recording> recordings, const sdk::Options& options, std::int64_t rate, std::size_t decisive);

  const Recording& recording(std::size_t i) const { return recordings_[i]; }
  std::size_t count() const { return recordings_.size(); }
  bool usable(std::size_t i) const { return usable_[i]; }
  std::int64_t steps(std::size_t i) const { return steps_[i]; }
  std::int64_t width() const { return features_.width(); }
  std::int64_t rate() const { return features_.rate(); }
  const SoundFeatures& features() const { return features_; }
  // [steps, width]; valid until the next call.
  const float* of(std::size_t i) const;
  std::int64_t bytes_read() const { return bytes_read_; }  // of files, by of()

 private:
  std::int64_t common_rate(const std::vector<SoundFacts>& facts, std::size_t decisive) const;
  std::int64_t steps_of(std::size_t i, const SoundFacts& facts, std::int64_t memory) const;
  void make(std::size_t i, float* to) const;
  void read_all(BrokenSounds& broken, std::uint8_t* usable, float* to) const;

  std::vector<Recording> recordings_;
  std::vector<std::int64_t> steps_;
  std::vector<std::uint8_t> usable_;
  mutable SoundFeatures features_{AskedFeatures{AskedFeatures::Kind::wave}, 1};
  sdk::NodeBlock block_;                // usable or not, a byte a recording; then, where they are held, the features
  std::vector<std::int64_t> begins_;    // of each recording's features in it, in numbers; empty: they are not held
  std::size_t front_ = 0;               // bytes before them
  mutable std::map<std::int64_t, Resampler> resamplers_;  // by the rate of files
  mutable std::vector<float> one_;      // of the last recording that was asked for
  mutable std::int64_t bytes_read_ = 0;
};

}  // namespace teranga::datasets
