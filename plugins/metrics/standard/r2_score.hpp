// SPDX-License-Identifier: Apache-2.0
// The coefficient of determination. Sums: target values, then for each output the squared residuals, and without rounding the weights, the weighted targets
// and their squares: the variance is a small difference of these, where the targets lie far from 0. Where they do not vary at all, the score is 1 for a
// prediction without a residual, else 0.
#pragma once

#include <string>

#include "exact_sum.hpp"
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
    const Pairing pairing = pair_elements(c, "r2_score", Judge::metric);
    answer.sum_count = 1 + per_output * pairing.length;
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
          double* const sums = s.sums() + 1 + per_output * k;
          sums[0] += w * e * e;
          if (w == 0) continue;
          const double square = t * t;
          ExactSum(sums + weights_at).add(w);
          ExactSum(sums + values_at).add_product(w, t);
          ExactSum squares(sums + squares_at);
          squares.add_product(w, square);
          squares.add_product(w, std::fma(t, t, -square));
        }
      }
    });
    s.sums()[0] += static_cast<double>(s.samples() * p.per_sample * p.length);  // Keras counts every output of a sample, too
  }

  double value(const double* sums, const Pairing& p) const {
    double score = 0, weight = 0, plain = 0;
    for (std::int64_t k = 0; k < p.length; ++k) {
      const double* const of = sums + 1 + per_output * k;
      const double spread = spread_of_sums(of + weights_at, of + values_at, of + squares_at), residual = of[0];
      const bool exact = residual == 0 && value_of_sum(of + weights_at) > 0;
      const double own = spread > 0 ? 1 - residual / spread : exact ? 1 : 0;
      score += spread * own, weight += spread, plain += own;
    }
    score = by_variance && weight > 0 ? score / weight : plain / static_cast<double>(p.length);
    const double freedom = sums[0] - regressors - 1;
    return regressors > 0 && freedom > 0 ? 1 - (1 - score) * (sums[0] - 1) / freedom : score;
  }

 private:
  // Where they lie in the sums of an output.
  static constexpr std::int64_t exact_length = ExactSum::length;
  static constexpr std::int64_t weights_at = 1, values_at = weights_at + exact_length, squares_at = values_at + exact_length, per_output = squares_at + exact_length;
};

}  // namespace teranga::metrics
