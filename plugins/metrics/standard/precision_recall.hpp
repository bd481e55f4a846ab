// SPDX-License-Identifier: Apache-2.0
// Precision and recall of yes / no predictions; a label -1 counts as 0. Sums: true positives, false positives, false negatives.
#pragma once

#include <optional>

#include "mean_metric.hpp"

namespace teranga::metrics {

struct Positives {
  static std::vector<sdk::OptionSpec> options() {
    return {sdk::real("thresholds").optional().in(0, 1).says(std::string("predictions above it count as positive") + usual_threshold),
            sdk::integer("class_id").optional().at_least(0).says("only this place of the last axis is looked at")};
  }
  double threshold = 0.5;
  std::optional<std::int64_t> column;
  explicit Positives(const sdk::Options& given) {
    if (given.has("thresholds")) threshold = given.real("thresholds");
    if (given.has("class_id")) column = given.integer("class_id");
  }

  Pairing plan(const sdk::Comparison& c, sdk::MetricPlan& answer, const char* who) const {
    const Pairing pairing = pair_elements(c, who, Judge::metric);
    if (column && *column >= pairing.length)
      throw sdk::OptionError("class_id", std::string(who) + " expects class_id below the " + std::to_string(pairing.length) + " places of the output's last axis, found " + std::to_string(*column));
    answer.sum_count = 3;
    answer.leading = pairing.leading;
    answer.direction = 1;
    return pairing;
  }
  void update(const sdk::MetricSlice& s, const Pairing& p) const {
    const auto target = s.target();
    const std::int64_t begin = column.value_or(0), end = column ? *column + 1 : p.length;
    double sums[3] = {};
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t i = 0; i < s.samples() * p.per_sample; ++i)
        for (std::int64_t k = i * p.length + begin; k < i * p.length + end; ++k) {
          const bool said = static_cast<double>(x[k]) > threshold, is = target[k] > 0;
          if (said || is) sums[said && is ? 0 : said ? 1 : 2] += s.weights()[i];
        }
    });
    for (int k = 0; k < 3; ++k) s.sums()[k] += sums[k];
  }
};

struct Precision : Positives {
  static sdk::Info info() {
    return {.name = "teranga.precision", .summary = "Share of positive predictions that are right", .formula = "TP / (TP + FP)", .source = "keras.metrics.Precision", .options = options()};
  }
  using Positives::Positives;
  Pairing plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const { return Positives::plan(c, answer, "precision"); }
  double value(const double* sums, const Pairing&) const { return ratio(sums[0], sums[0] + sums[1]); }
};

struct Recall : Positives {
  static sdk::Info info() {
    return {.name = "teranga.recall", .summary = "Share of positive labels that are found", .formula = "TP / (TP + FN)", .source = "keras.metrics.Recall", .options = options()};
  }
  using Positives::Positives;
  Pairing plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const { return Positives::plan(c, answer, "recall"); }
  double value(const double* sums, const Pairing&) const { return ratio(sums[0], sums[0] + sums[2]); }
};

}  // namespace teranga::metrics
