// SPDX-License-Identifier: Apache-2.0
#include "feature_store.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include <teranga/datasets/log.hpp>

namespace teranga::datasets {

namespace {

constexpr std::int64_t default_memory = 4096;  // MiB

}  // namespace

std::vector<sdk::OptionSpec> FeatureStore::options() {
  return {sdk::integer("memory", default_memory).in(1, 1e9).says("MiB that the features of all sounds may take on each machine; where they are more, each sound is read from its file again in every epoch"), BrokenSounds::option()};
}

FeatureStore::FeatureStore(std::vector<Recording> recordings, const sdk::Options& options, std::int64_t rate, std::size_t decisive) : recordings_(std::move(recordings)), steps_(recordings_.size()), usable_(recordings_.size(), 1) {
  BrokenSounds broken(options.text("on_error") == "skip");
  std::vector<SoundFacts> facts(recordings_.size());
  for (std::size_t i = 0; i < facts.size(); ++i)
    usable_[i] = broken.looking([&] {
      try {
        facts[i] = sound_facts(recordings_[i].path);
      } catch (sdk::DataError& e) {
        if (recordings_[i].where != recordings_[i].path) throw sdk::DataError(recordings_[i].where, fmt::format("{}: {}", e.where, e.what()), -1, e.hint);
        throw;
      }
    });
  const AskedFeatures asked = AskedFeatures::of(options);
  if (rate == 0) rate = asked.rate > 0 ? asked.rate : common_rate(facts, decisive);
  if (rate == 0) broken.settle(broken.count());  // none is left whose rate could be known
  features_ = SoundFeatures(asked, rate);
  const std::int64_t memory = options.integer("memory") << 20, budget = memory / static_cast<std::int64_t>(sizeof(float));
  std::int64_t numbers = 0;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (usable_[i]) usable_[i] = broken.looking([&] { steps_[i] = steps_of(i, facts[i], memory); });
    begins_.push_back(numbers);
    numbers += steps_[i] * width();
  }
  const bool held = numbers <= budget;
  if (!held) {
    log(TRG_LOG_INFO, fmt::format("the features of {} sounds take {} MiB, more than memory = {}: each sound is read from its file again in every epoch", recordings_.size(), (numbers >> 18) + 1, options.integer("memory")));
    begins_.clear();
  }
  constexpr std::size_t line = 64;
  front_ = (recordings_.size() + line - 1) / line * line;
  block_ = sdk::NodeBlock("features of " + recordings_[0].path + " and others", front_ + (held ? static_cast<std::size_t>(numbers) * sizeof(float) : 0), [&](void* to) {
    auto* const bytes = static_cast<std::uint8_t*>(to);
    read_all(broken, bytes, held ? reinterpret_cast<float*>(bytes + front_) : nullptr);
    broken.settle(recordings_.size());
  });
  std::copy_n(static_cast<const std::uint8_t*>(block_.data()), usable_.size(), usable_.begin());
}

// Of the first `decisive` recordings; 0 where all of them are broken.
std::int64_t FeatureStore::common_rate(const std::vector<SoundFacts>& facts, std::size_t decisive) const {
  std::map<std::int64_t, std::pair<std::size_t, std::size_t>> rates;  // how many, and the first
  for (std::size_t i = 0; i < std::min(decisive, facts.size()); ++i) {
    if (!usable_[i]) continue;
    const auto [at, added] = rates.try_emplace(facts[i].rate, 0, i);
    ++at->second.first;
  }
  if (rates.empty()) return 0;
  const auto commonest = std::max_element(rates.begin(), rates.end(), [](const auto& a, const auto& b) { return a.second.first < b.second.first; });
  if (rates.size() > 1) {
    const auto other = commonest == rates.begin() ? std::next(commonest) : rates.begin();
    throw sdk::DataError(recordings_[other->second.second].path, fmt::format("expected sounds of one sample rate, found {} Hz here and {} Hz in {}", other->first, commonest->first, recordings_[commonest->second.second].path), -1, fmt::format("sample_rate = {} resamples them all", commonest->first));
  }
  return commonest->first;
}

// Throws DataError where one sound alone needs too much.
std::int64_t FeatureStore::steps_of(std::size_t i, const SoundFacts& facts, std::int64_t memory) const {
  const std::int64_t frames = resampled_frames(facts.frames, facts.rate, features_.rate());
  if (frames > most_frames) throw sdk::DataError(recordings_[i].where, fmt::format("a sound of {} moments at {} Hz is too long for {} Hz", facts.frames, facts.rate, features_.rate()));
  if (features_.bytes(frames) > memory)
    throw sdk::DataError(recordings_[i].where, fmt::format("a sound of {} moments at {} Hz gives {} steps of {} numbers, too many for memory = {} (MiB)", facts.frames, facts.rate, features_.steps(frames), width(), memory >> 20), -1, fmt::format("memory = {}, or cut it into shorter files", (features_.bytes(frames) >> 20) + 1));
  return features_.steps(frames);
}

void FeatureStore::make(std::size_t i, float* to) const {
  const SoundFacts facts = sound_facts(recordings_[i].path);
  const std::vector<float> sound = read_sound(recordings_[i].path);
  const bool same = facts.rate == features_.rate();
  const std::vector<float> other = same ? std::vector<float>() : resamplers_.try_emplace(facts.rate, facts.rate, features_.rate()).first->second.resampled(sound);
  const std::vector<float>& taken = same ? sound : other;
  if (features_.steps(std::ssize(taken)) != steps_[i]) throw sdk::DataError(recordings_[i].path, "the file has changed since the work began");
  features_.of(taken, to);
}

void FeatureStore::read_all(BrokenSounds& broken, std::uint8_t* usable, float* to) const {
  auto told_at = std::chrono::steady_clock::now();
  std::copy(usable_.begin(), usable_.end(), usable);
  if (!broken.none() && !broken.skips()) to = nullptr;  // the others are looked at, so that all broken ones are told
  std::vector<float> unused;
  for (std::size_t i = 0; i < recordings_.size(); ++i) {
    if (!usable[i]) continue;
    if (!to) unused.resize(static_cast<std::size_t>(steps_[i] * width()));
    usable[i] = broken.looking([&] { make(i, to ? to + begins_[i] : unused.data()); });
    if (const auto now = std::chrono::steady_clock::now(); now - told_at > std::chrono::seconds(10)) {
      log(TRG_LOG_INFO, fmt::format("{} of {} sounds are read", i + 1, recordings_.size()));
      told_at = now;
    }
  }
}

const float* FeatureStore::of(std::size_t i) const {
  if (!begins_.empty()) return reinterpret_cast<const float*>(static_cast<const std::uint8_t*>(block_.data()) + front_) + begins_[i];
  one_.resize(static_cast<std::size_t>(steps_[i] * width()));
  make(i, one_.data());
  std::error_code failed;
  if (const std::uintmax_t bytes = std::filesystem::file_size(recordings_[i].path, failed); !failed) bytes_read_ += static_cast<std::int64_t>(bytes);
  return one_.data();
}

}  // namespace teranga::datasets
