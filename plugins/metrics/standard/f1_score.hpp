// SPDX-License-Identifier: Apache-2.0
// F1: the harmonic mean of precision and recall, class by class, averaged. Sums for each class: true positives, false positives, false negatives, labels.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "labelled.hpp"

namespace teranga::metrics {

struct F1Score {
  static sdk::Info info() {
    return {.name = "teranga.f1_score", .summary = "Harmonic mean of precision and recall, averaged over the classes; the target is one-hot or class numbers", .formula = "2 P R / (P + R)",
            .source = "keras.metrics.F1Score (whose average = None, one value a class, is not offered)",
            .options = {sdk::text("average", "macro").choices({"macro", "micro", "weighted"}).says("macro: mean over classes; micro: of all classes' counts; weighted: by the labels of a class"),
                        sdk::real("threshold").optional().in(0, 1).says(std::string("predictions above it are positive; without it the likeliest class alone is. Of one output") + usual_threshold)}};
  }
  enum class Average { macro, micro, weighted };
  Average average;
  std::optional<double> threshold;
  explicit F1Score(const sdk::Options& options) {
    const std::string text = options.text("average");
    average = text == "micro" ? Average::micro : text == "weighted" ? Average::weighted : Average::macro;
    if (options.has("threshold")) threshold = options.real("threshold");
  }

  Labelled plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const {
    const Labelled plan = pair_labelled(c, "f1_score");
    answer.sum_count = 4 * plan.pairing.length;
    answer.leading = plan.pairing.leading;
    answer.direction = 1;
    return plan;
  }

  void update(const sdk::MetricSlice& s, const Labelled& plan) const {
    const Pairing& p = plan.pairing;
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t i = 0; i < s.samples() * p.per_sample; ++i) {
        const auto* row = x + i * p.length;
        const double greatest = static_cast<double>(max_of(row, p.length)), w = s.weights()[i];
        const std::int64_t label = plan.numbers && w != 0 ? checked_class(s.classes()[i], p.length, "f1_score", i / p.per_sample) : 0;
        for (std::int64_t k = 0; k < p.length; ++k) {
          const double q = static_cast<double>(row[k]), t = plan.numbers ? (k == label ? 1.0 : 0.0) : std::max(s.target()[i * p.length + k], 0.0);
          const double said = (threshold ? q > *threshold : q >= greatest && std::fabs(q) > 1e-9) ? 1 : 0;
          double* const sums = s.sums() + 4 * k;
          sums[0] += w * said * t, sums[1] += w * said * (1 - t), sums[2] += w * (1 - said) * t, sums[3] += w * t;
        }
      }
    });
  }

  double value(const double* sums, const Labelled& plan) const {
    const std::int64_t classes = plan.pairing.length;
    double all[4] = {}, score = 0;
    for (std::int64_t k = 0; k < classes; ++k)
      for (int j = 0; j < 4; ++j) all[j] += sums[4 * k + j];
    if (average == Average::micro) return f1(all);
    for (std::int64_t k = 0; k < classes; ++k)
      score += f1(sums + 4 * k) * (average == Average::macro ? 1 / static_cast<double>(classes) : sums[4 * k + 3] / (all[3] + epsilon));
    return score;
  }

 private:
  static constexpr double epsilon = 1e-7;
  static double f1(const double* sums) {
    const double precision = sums[0] / (sums[0] + sums[1] + epsilon), recall = sums[0] / (sums[0] + sums[2] + epsilon);
    return 2 * precision * recall / (precision + recall + epsilon);
  }
};

}  // namespace teranga::metrics
