// SPDX-License-Identifier: Apache-2.0
// The confusion matrix of a classifier. Its K x K sums (row: the label, column: the prediction) are for reports; its value is the overall accuracy.
#pragma once

#include "labelled.hpp"

namespace teranga::metrics {

struct ConfusionMatrix {
  static sdk::Info info() {
    return {.name = "teranga.confusion_matrix", .summary = "Weights of samples by label (row) and predicted class (column); its value is the accuracy", .formula = "C[t, argmax p]; value = trace C / sum C",
            .source = "keras.ops, tf.math.confusion_matrix",
            .options = {sdk::real("threshold").optional().in(0, 1).says(std::string("of an output of one number (yes / no): above it the prediction is class 1") + usual_threshold)}};
  }
  double threshold = 0.5;
  explicit ConfusionMatrix(const sdk::Options& options) {
    if (options.has("threshold")) threshold = options.real("threshold");
  }

  struct Plan {
    Labelled labelled;
    std::int64_t classes;
  };
  Plan plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const {
    const Labelled labelled = pair_labelled(c, "confusion_matrix");
    const std::int64_t classes = labelled.pairing.length > 1 ? labelled.pairing.length : 2;
    answer.sum_count = classes * classes;
    answer.leading = labelled.pairing.leading;
    answer.direction = 1;
    return {labelled, classes};
  }

  void update(const sdk::MetricSlice& s, const Plan& plan) const {
    const Pairing& p = plan.labelled.pairing;
    const auto target = s.target();
    const auto classes = s.classes();
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t i = 0; i < s.samples() * p.per_sample; ++i) {
        if (s.weights()[i] == 0) continue;
        const bool one_hot = p.length > 1 && !plan.labelled.numbers;
        const bool no = p.length == 1 && classes[i] == -1;
        const std::int64_t label = no ? 0 : one_hot ? arg_max(target, i * p.length, p.length) : checked_class(classes[i], plan.classes, "confusion_matrix", i / p.per_sample);
        const std::int64_t said = p.length > 1 ? arg_max(x + i * p.length, p.length) : static_cast<double>(x[i]) > threshold;
        s.sums()[label * plan.classes + said] += s.weights()[i];
      }
    });
  }

  double value(const double* sums, const Plan& plan) const {
    double right = 0, all = 0;
    for (std::int64_t i = 0; i < plan.classes * plan.classes; ++i) all += sums[i], right += i % (plan.classes + 1) == 0 ? sums[i] : 0;
    return ratio(right, all);
  }
};

}  // namespace teranga::metrics
