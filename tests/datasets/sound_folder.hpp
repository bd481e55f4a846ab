// SPDX-License-Identifier: Apache-2.0
// Folders of short sounds for the tests of the data set `audio_folder`.
#pragma once

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include "plugin_under_test.hpp"

namespace teranga::test::sounds {

using Text = std::string;
using Texts = std::vector<std::string>;
using Floats = std::vector<float>;
using Ids = std::vector<std::int32_t>;
using Extents = std::vector<std::int64_t>;

#define SAME(found, ...) BOOST_TEST(found == (__VA_ARGS__), boost::test_tools::per_element())

struct Sounds : Dataset {
  explicit Sounds(const GivenOptions& options) : Dataset("datasets_audio", "teranga.audio_folder", options) {}
  Sounds(const GivenOptions& options, const NewSamples& fresh) : Dataset("datasets_audio", "teranga.audio_folder", options, fresh) {}
  Floats x(std::int32_t part, const Extents& samples) { return fill<float>(part, samples, 0); }
  Ids y(std::int32_t part, const Extents& samples) { return fill<std::int32_t>(part, samples, 1); }
};

inline Text golden_sound(const Text& file) {
  std::ifstream in(Text(TERANGA_SOURCE_FOLDER) + "/tests/datasets/golden/sounds/" + file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The bytes of a WAV file of 16 bits.
inline Text wav(const std::vector<int>& samples, std::uint32_t rate = 8000) {
  const auto number = [](std::uint32_t value, int bytes) {
    Text out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xff);
    return out;
  };
  Text data;
  for (const int sample : samples) data += number(static_cast<std::uint32_t>(sample), 2);
  const Text form = number(1, 2) + number(1, 2) + number(rate, 4) + number(2 * rate, 4) + number(2, 2) + number(16, 2);
  const auto bytes = static_cast<std::uint32_t>(data.size());
  return "RIFF" + number(36 + bytes, 4) + "WAVEfmt " + number(16, 4) + form + "data" + number(bytes, 4) + data;
}

// All samples the same.
inline Text steady(int value, std::size_t count) { return wav(std::vector<int>(count, value)); }

inline Text tone(double hz, std::uint32_t rate, std::size_t count) {
  std::vector<int> samples;
  for (std::size_t i = 0; i < count; ++i) samples.push_back(static_cast<int>(std::lround(16000 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate))));
  return wav(samples, rate);
}

// Files by their paths in a new folder.
class Tree {
 public:
  Tree(std::initializer_list<std::pair<const Text, Text>> files) : Tree(std::map<Text, Text>(files)) {}
  explicit Tree(const std::map<Text, Text>& files) {
    for (const auto& [name, bytes] : files) {
      std::filesystem::create_directories(std::filesystem::path(folder_ / name).parent_path());
      folder_.write(name, bytes);
    }
  }
  Text operator/(const Text& name) const { return folder_ / name; }
  Text path() const { return std::filesystem::path(folder_ / "x").parent_path().string(); }

 private:
  Folder folder_;
};

inline bool says(const Refused& e, const Text& text) {
  if (Text(e.what()).find(text) != Text::npos) return true;
  BOOST_TEST_MESSAGE(e.where << ": " << e.what());
  return false;
}

inline Text log_line(const Text& with) {
  for (const Text& line : logged())
    if (line.find(with) != Text::npos) return line;
  return "";
}

}  // namespace teranga::test::sounds
