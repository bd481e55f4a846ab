// SPDX-License-Identifier: Apache-2.0
// What pictures.jsonl of a run folder says: pictures of what the network made, of its layers, of its attention, and where samples lie in its outputs. A training writes
// the file (train/run/network_pictures.hpp); the page is drawn from it. Pictures are addresses of data, PNGs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace teranga::report {

// Small pictures side by side.
struct SheetFact {
  std::string kind;        // "made", "filters", "sample", "maps"
  std::int64_t epoch = 0;  // of what was made
  std::string words;       // what it shows
  std::int64_t width = 0;  // on the page, in pixels
  std::string picture;
};

// The weights of one head for one sample: a row for each query, a column for each key.
struct HeadFact {
  std::string words;
  std::vector<std::string> queries, keys;
  std::string picture;
};

struct Spot {
  std::int64_t x = 0, y = 0;  // 0 to 1000, from the left and from below
  std::string label;          // may be empty
};

struct SpotGroup {
  std::string name;  // a class; empty: there are none
  std::vector<Spot> spots;
};

struct PlaneFact {
  std::string words;
  std::vector<SpotGroup> groups;
};

struct PicturesFact {
  std::int64_t step = 0;  // of the network that all but `made` are of
  std::vector<SheetFact> made, layers;
  std::vector<HeadFact> heads;
  std::vector<PlaneFact> planes;
};

inline constexpr char between_labels = '\x1f';  // of one text in the file
inline constexpr std::int64_t plane_side = 1000;  // the largest number of a spot

}  // namespace teranga::report
