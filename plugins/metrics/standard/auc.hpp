// SPDX-License-Identifier: Apache-2.0
// Area under the ROC or precision-recall curve, from counts at evenly spread thresholds. Sums: weights of positive and of negative labels in each bucket between
// two thresholds.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "mean_metric.hpp"

namespace teranga::metrics {

struct Auc {
  static sdk::Info info() {
    return {.name = "teranga.auc", .summary = "Area under the ROC (or precision-recall) curve", .formula = "integral of recall over the false positive rate (or of precision over recall)",
            .source = "keras.metrics.AUC",
            .options = {sdk::integer("num_thresholds", std::int64_t{200}).at_least(2).says("points of the curve"), sdk::text("curve", "ROC").choices({"ROC", "PR"}).says("which curve"),
                        sdk::text("summation_method", "interpolation").choices({"interpolation", "minoring", "majoring"}).says("between two points: the mean, the less or the greater of their heights"),
                        sdk::OptionSpec("from_logits", TRG_BOOLEAN).optional().says("the output is logits; without it as the loss binary_crossentropy says")}};
  }
  std::int64_t thresholds;
  std::string curve, summation;
  bool from_logits;
  explicit Auc(const sdk::Options& options)
      : thresholds(options.integer("num_thresholds")), curve(options.text("curve")), summation(options.text("summation_method")), from_logits(options.has("from_logits") && options.boolean("from_logits")) {}

  Pairing plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const {
    const Pairing pairing = pair_elements(c, "auc", Judge::metric);
    answer.sum_count = 2 * thresholds;
    answer.leading = pairing.leading;
    answer.direction = 1;
    return pairing;
  }

  void update(const sdk::MetricSlice& s, const Pairing& p) const {
    const auto target = s.target();
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t k = 0; k < s.samples() * p.per_sample * p.length; ++k) {
        double q = static_cast<double>(x[k]);
        if (from_logits) q = 1 / (1 + std::exp(-q));
        q = q > 0 ? std::min(q, 1.0) : 0.0;
        const auto bucket = std::max<std::int64_t>(0, static_cast<std::int64_t>(std::ceil(q * static_cast<double>(thresholds - 1))) - 1);
        s.sums()[(target[k] > 0 ? 0 : thresholds) + bucket] += s.weights()[k / p.length];
      }
    });
  }

  double value(const double* sums, const Pairing&) const {
    const auto n = static_cast<std::size_t>(thresholds);
    std::vector<double> tp(n), fp(n);  // above each threshold
    double positives = 0, negatives = 0;
    for (std::size_t i = n; i-- > 0;) tp[i] = positives += sums[i], fp[i] = negatives += sums[n + i];
    if (curve == "PR" && summation == "interpolation") return interpolated(tp, fp, positives);
    double area = 0;
    const auto point = [&](std::size_t i) {
      const double recall = ratio(tp[i], positives);
      return curve == "PR" ? std::pair(recall, ratio(tp[i], tp[i] + fp[i])) : std::pair(ratio(fp[i], negatives), recall);
    };
    for (std::size_t i = 0; i + 1 < n; ++i) {
      const auto [x0, y0] = point(i);
      const auto [x1, y1] = point(i + 1);
      area += (x0 - x1) * (summation == "interpolation" ? (y0 + y1) / 2 : summation == "minoring" ? std::min(y0, y1) : std::max(y0, y1));
    }
    return area;
  }

 private:
  // Precision between two points follows from counts that run straight, not from a straight line (Davis and Goadrich 2006).
  static double interpolated(const std::vector<double>& tp, const std::vector<double>& fp, double positives) {
    double area = 0;
    for (std::size_t i = 0; i + 1 < tp.size(); ++i) {
      const double here = tp[i] + fp[i], next = tp[i + 1] + fp[i + 1], dtp = tp[i] - tp[i + 1];
      const double slope = ratio(dtp, std::max(here - next, 0.0)), intercept = tp[i + 1] - slope * next;
      const double growth = here > 0 && next > 0 ? here / next : 1;
      area += ratio(slope * (dtp + intercept * std::log(growth)), positives);
    }
    return area;
  }
};

}  // namespace teranga::metrics
