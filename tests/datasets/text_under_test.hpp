// SPDX-License-Identifier: Apache-2.0
// The data set `text` on tables and folders that a test writes.
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <filesystem>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "plugin_under_test.hpp"

namespace teranga::test::texts {

using Words = std::vector<std::string>;
using Floats = std::vector<float>;
using Ids = std::vector<std::int32_t>;
using Text = std::string;

struct Texts : Dataset {
  explicit Texts(const GivenOptions& options) : Dataset("datasets_text", "teranga.text", options) {}
  Ids ids(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 0); }
  Floats bag(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<float>(part, samples, 0); }
  Ids y(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 1); }
};

inline const Folder& folder() {
  static const Folder folder;
  return folder;
}
inline std::vector<std::int64_t> first(std::int64_t count) {
  std::vector<std::int64_t> samples(static_cast<std::size_t>(count));
  std::iota(samples.begin(), samples.end(), std::int64_t{0});
  return samples;
}

inline Texts table(const std::string& csv, GivenOptions more = {}) {
  more["train"] = folder().write("table.csv", csv);
  if (!more.contains("text_column")) more["text_column"] = Text("review");
  if (!more.contains("label_column")) more["label_column"] = Text("sentiment");
  return Texts(more);
}

inline Refused refused_table(const std::string& csv, const GivenOptions& more = {}) {
  return refused([&] { table(csv, more); });
}
inline bool says(const Refused& e, const std::string& text) { return std::string(e.what()).find(text) != std::string::npos; }

// A folder of class folders.
inline std::string tree(const std::string& name, const std::vector<std::pair<std::string, std::string>>& files) {
  for (const auto& [file, text] : files) {
    std::filesystem::create_directories(std::filesystem::path(folder() / name) / std::filesystem::path(file).parent_path());
    folder().write(name + "/" + file, text);
  }
  return folder() / name;
}

#define SAME(found, ...) BOOST_TEST(found == (__VA_ARGS__), boost::test_tools::per_element())

}  // namespace teranga::test::texts
