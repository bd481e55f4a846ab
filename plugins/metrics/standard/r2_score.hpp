// SPDX-License-Identifier: Apache-2.0
// The coefficient of determination. Sums: target values, then for each output the weighted targets, their squares, the squared residuals and the weights.
#pragma once

#include <string>

#include "mean_metric.hpp"

namespace teranga::metrics {

struct R2Score {
  static sdk::Info info() {
    return {.name = "teranga.r2_score", .summary = "Share of the targets' variance that the prediction explains", .formula = "1 - sum (t - p)^2 / sum (t - mean t)^2", .source = "keras.metrics.R2Score",
            .options = {sdk::text("class_aggregation", "uniform_average").choices({"uniform_average", "variance_weighted_average"}).says("how several outputs are averaged"),
                        sdk::integer("num_regressors", std::int64_t{0}).at_least(0).says("regressors for the adjusted score; 0: not adjusted")}};
  }
  bool by_variance;
  double regressors;
  explicit R2Score(const sdk::Options& options) : by_variance(options.text("class_aggregation") == "variance_weighted_average"), regressors(options.real("num_regressors")) {}

  Pairing plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const {
    const Pairing pairing = pair_elements(c, "r2_score");
    answer.sum_count = 1 + 4 * pairing.length;
    answer.leading = pairing.leading;
    answer.direction = 1;
    return pairing;
  }

  void update(const sdk::MetricSlice& s, const Pairing& p) const {
    const auto target = s.target();
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t i = 0; i < s.samples() * p.per_sample; ++i) {
        const double w = s.weights()[i];
        for (std::int64_t k = 0; k < p.length; ++k) {
          const double t = target[i * p.length + k], e = t - static_cast<double>(x[i * p.length + k]);
          double* const sums = s.sums() + 1 + 4 * k;
          sums[0] += w * t, sums[1] += w * t * t, sums[2] += w * e * e, sums[3] += w;
        }
      }
    });
    s.sums()[0] += static_cast<double>(s.samples() * p.per_sample * p.length);  // Keras counts every output of a sample, too
  }

  double value(const double* sums, const Pairing& p) const {
    double score = 0, weight = 0;
    for (std::int64_t k = 0; k < p.length; ++k) {
      const double* const of = sums + 1 + 4 * k;
      const double spread = of[1] - of[0] * ratio(of[0], of[3]);
      const double own = spread != 0 ? 1 - of[2] / spread : 0, w = by_variance ? spread : 1;
      score += w * own, weight += w;
    }
    score = ratio(score, weight);
    const double freedom = sums[0] - regressors - 1;
    return regressors > 0 && freedom > 0 ? 1 - (1 - score) * (sums[0] - 1) / freedom : score;
  }
};

}  // namespace teranga::metrics
