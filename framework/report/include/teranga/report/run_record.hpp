// SPDX-License-Identifier: Apache-2.0
// What a run folder says of its run: metrics.jsonl (epochs, logged steps, the test), facts.jsonl (what it ran on, the layers, how it ended), samples.jsonl, pictures.jsonl and recipe.toml. Everything
// that is drawn of a run is drawn from this, so that it can be drawn again later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <teranga/report/picture_facts.hpp>

namespace teranga::report {

// A line of metrics.jsonl.
struct Event {
  std::int64_t step = 0, epoch = 0;  // both count from 1
  std::vector<std::pair<std::string, double>> numbers;

  std::optional<double> number(std::string_view name) const;
};

struct LayerFact {
  std::string name, type, output;  // "28 x 28 x 1"
  std::int64_t parameters = 0, trainable = 0;
  std::vector<std::string> inputs;  // names of layers, or "layer.port"
};

// One start of the command in this run folder: names and texts in the order in which they are shown.
using StartFact = std::vector<std::pair<std::string, std::string>>;

// How long the processes of the last start spent on a part of the training ("forward", "other", "whole"), in seconds.
struct TimeFact {
  std::string name;
  double least = 0, mean = 0, most = 0;  // of all processes
};

// What a number of an epoch is: as train::Measured has it.
struct MeasuredFact {
  std::string name;
  int direction = 0;  // 1: larger is better, -1: smaller is better, 0: without order
};

// What the classifier took for what at the end, and the samples that it was most wrong about.
struct WrongSample {
  std::string truth, guess;
  double truth_share = 0, guess_share = 0;  // their probabilities
  std::string picture;  // as an address of data, a PNG; may be empty
  std::string row;      // its numbers; may be empty
};

struct MixedUp {
  std::string truth, guess;
  std::int64_t count = 0;
};

struct ReviewFact {
  std::string part;
  std::int64_t samples = 0, step = 0;
  std::vector<std::string> classes;   // empty where there are too many for a matrix
  std::vector<std::int64_t> counts;   // by true class and by guess
  std::vector<MixedUp> mixed_up;      // of many classes: the pairs of most samples
  std::vector<WrongSample> worst;     // the worst first
};

struct RunRecord {
  std::string folder;  // as it was given
  std::string name;    // of the recipe, or of the folder
  std::vector<Event> epochs, steps, tests;
  std::vector<StartFact> starts;
  std::vector<LayerFact> layers;
  std::vector<MeasuredFact> measured;
  std::vector<TimeFact> times;
  double peak_memory = 0;  // bytes, of the process that had most at once in the last start; 0: not known
  std::optional<ReviewFact> review;
  std::optional<PicturesFact> pictures;
  std::string end;     // "done", "stopped", "diverged", "failed"; empty: it goes on, or was ended from outside
  std::optional<std::int64_t> epochs_wanted;  // that the recipe asks for
  std::string recipe;
  std::vector<std::string> notes;  // what could not be read, and why
};

// Of a folder without metrics.jsonl throws Error(data). What is wrong with the other files is a note. Memory is bounded: of very many logged steps every n-th is kept.
RunRecord read_run(const std::string& folder);

}  // namespace teranga::report
