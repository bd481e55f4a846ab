// SPDX-License-Identifier: Apache-2.0
// How far texts that a net tells by CTC are from the true ones, in letters.
#pragma once

#include <algorithm>
#include <numeric>

#include "../../ctc/decoding.hpp"
#include "mean_metric.hpp"

namespace teranga::metrics {

// Letters to be put in, left out or changed, to make one text of the other (Levenshtein's distance).
template <class Text>
std::int64_t edits(const Text& from, const std::vector<std::int32_t>& to, std::vector<std::int64_t>& row) {
  row.resize(to.size() + 1);
  std::iota(row.begin(), row.end(), std::int64_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::int64_t corner = std::exchange(row[0], static_cast<std::int64_t>(i));
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::int64_t changed = corner + (from[i - 1] != to[j - 1]);
      corner = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
    }
  }
  return row.back();
}

struct LetterErrorRate {
  static sdk::Info info() {
    return {.name = "teranga.letter_error_rate", .summary = "Letters that the texts of an output, as the loss ctc judges it, have wrong, for each letter of the targets",
            .formula = "sum of Levenshtein distances between decoded and true texts / sum of their true letters; class 0 is the blank, and no letter of a target",
            .source = "keras.ops.ctc_decode; the character error rate of speech recognition", .options = ctc::Decoding::options()};
  }
  ctc::Decoding decoding;
  explicit LetterErrorRate(const sdk::Options& options) : decoding(ctc::Decoding::of(options)) {}

  struct Plan {
    std::int64_t steps, classes, letters;
  };
  Plan plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const {
    need_one_of_each(c, "letter_error_rate");
    const sdk::Shape prediction = c.prediction(), target = c.target();
    if (prediction.rank() != 3 || prediction.last() < 2 || target.rank() != 2)
      throw sdk::ShapeError("letter_error_rate expects an output (samples, steps, classes) and a target of class numbers (samples, letters), found " + prediction.text() + " and " + target.text(), "prediction");
    answer.sum_count = 2;
    answer.leading = 2;
    answer.direction = -1;
    return {prediction[1], prediction[2], target[1]};
  }

  void update(const sdk::MetricSlice& s, const Plan& p) const {
    const auto classes = s.classes();
    struct Work {
      ctc::LogProbabilities told;
      ctc::Reader reader;
      std::vector<std::int32_t> letters;
      std::vector<std::int64_t> row;
    };
    thread_local Work work;  // nothing is allocated again
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t n = 0; n < s.samples(); ++n) {
        const double* const weights = s.weights() + n * p.steps;
        const double* const first = std::find_if(weights, weights + p.steps, [](double w) { return w != 0; });
        if (first == weights + p.steps) continue;
        work.told.begin(p.classes);
        for (std::int64_t t = 0; t < p.steps; ++t)
          if (weights[t] != 0) work.told.add(x + (n * p.steps + t) * p.classes);
        ctc::take_letters(classes, n * p.letters, p.letters, work.letters);
        s.sums()[0] += *first * static_cast<double>(edits(decoding.text(work.told, work.reader), work.letters, work.row));
        s.sums()[1] += *first * static_cast<double>(work.letters.size());
      }
    });
  }
  double value(const double* sums, const Plan&) const { return ratio(sums[0], sums[1]); }
};

}  // namespace teranga::metrics
