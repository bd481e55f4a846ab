// SPDX-License-Identifier: Apache-2.0
// The data set `csv` on tables that a test writes.
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "plugin_under_test.hpp"

namespace teranga::test::csv {

using Words = std::vector<std::string>;
using Floats = std::vector<float>;
using Labels = std::vector<std::int32_t>;

struct Csv : Dataset {
  explicit Csv(const GivenOptions& options) : Dataset("datasets_csv", "teranga.csv", options) {}
  Csv(const GivenOptions& options, const NewSamples& fresh) : Dataset("datasets_csv", "teranga.csv", options, fresh) {}
  Floats x(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<float>(part, samples, 0); }
  Labels y(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 1); }
  Words told(const std::string& learnt) {
    Words lines;
    for (const auto& [name, text] : knowledge(learnt)) lines.push_back(std::string(name).append(": ").append(text));
    return lines;
  }
};

inline const Folder& folder() {
  static const Folder folder;
  return folder;
}

inline Csv table(const std::string& text, GivenOptions more = {}) {
  more["train"] = folder().write("table.csv", text);
  return Csv(more);
}

inline Refused refused_table(const std::string& text, const GivenOptions& more = {}) {
  return refused([&] { table(text, more); });
}

inline bool says(const Refused& e, const std::string& text) { return std::string(e.what()).find(text) != std::string::npos; }
inline bool at(const Refused& e, const std::string& place) { return e.where == folder() / "table.csv" + place; }
inline std::string shipped(const std::string& name) { return std::string(TERANGA_SOURCE_FOLDER) + "/datasets/tables/" + name; }

inline std::vector<std::int64_t> first(std::int64_t count) {
  std::vector<std::int64_t> samples(static_cast<std::size_t>(count));
  std::iota(samples.begin(), samples.end(), std::int64_t{0});
  return samples;
}

#define SAME(found, ...) BOOST_TEST(found == (__VA_ARGS__), boost::test_tools::per_element())

}  // namespace teranga::test::csv
