// SPDX-License-Identifier: Apache-2.0
// What is drawn of the numbers of runs: one chart for each quantity, one line for each part of the data, of each run.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <teranga/report/run_record.hpp>

namespace teranga::report {

struct Point {
  double x = 0, y = 0;  // x counts epochs; y may be no number: the line is broken there
};

struct Curve {
  std::string label;       // "training", "validation", "test"; of several runs the name of the run
  std::size_t colour = 0;  // of the palette
  bool faint = false;      // drawn thin and without a label: the logged steps
  bool dashed = false;
  std::vector<Point> points;
};

struct Chart {
  std::string title;  // "accuracy", "generator_loss", "learning_rate"
  std::vector<Curve> curves;
  double best = 0;    // the epoch of the best value; 0: none is marked
  std::size_t not_finite = 0;  // numbers that cannot be drawn
};

// One run: training, validation and test by colour, and the logged steps faintly. Several: the runs by colour, training dashed.
std::vector<Chart> charts_of(const std::vector<RunRecord>& runs);

// At most about `most` of the points, with the least and the largest of each stretch.
std::vector<Point> thinned(const std::vector<Point>& points, std::size_t most);

// The names of the numbers of epochs, in their order. `is_measured`: losses, metrics and rates, not times.
std::vector<std::string> columns_of(const RunRecord& run);
bool is_measured(const std::string& column);

// Names that tell runs apart: of the recipe where those differ, else of the folder.
std::vector<std::string> labels_of(const std::vector<RunRecord>& runs);

}  // namespace teranga::report
