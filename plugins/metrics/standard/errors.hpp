// SPDX-License-Identifier: Apache-2.0
// Regression errors: mean squared, root mean squared, mean absolute and mean absolute percentage error.
#pragma once

#include "mean_metric.hpp"

namespace teranga::metrics {

// E gives name, summary, formula, source and of(prediction, target).
template <class E>
struct MeanError : E {
  static constexpr std::int32_t direction = -1;
  static sdk::Info info() { return {.name = std::string("teranga.") + E::name, .summary = E::summary, .formula = E::formula, .source = E::source}; }
  explicit MeanError(const sdk::Options&) {}
  Pairing pair(const sdk::Comparison& c) const { return pair_elements(c, E::name, Judge::metric); }

  template <class Put>
  void each(const sdk::MetricSlice& s, const Pairing& p, Put&& put) const {
    const auto target = s.target();
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t i = 0; i < s.samples() * p.per_sample; ++i) {
        double sum = 0;
        for (std::int64_t k = i * p.length; k < (i + 1) * p.length; ++k) sum += E::of(static_cast<double>(x[k]), target[k]);
        put(sum / static_cast<double>(p.length));
      }
    });
  }
};

struct SquaredError {
  static constexpr const char* name = "mean_squared_error";
  static constexpr const char* summary = "Mean of squared differences";
  static constexpr const char* formula = "mean (p - t)^2";
  static constexpr const char* source = "keras.metrics.MeanSquaredError";
  static double of(double p, double t) { return (p - t) * (p - t); }
};
struct RootSquaredError : SquaredError {
  static constexpr const char* name = "root_mean_squared_error";
  static constexpr const char* summary = "Root of the mean of squared differences";
  static constexpr const char* formula = "sqrt(mean (p - t)^2)";
  static constexpr const char* source = "keras.metrics.RootMeanSquaredError";
  static double finish(double mean) { return std::sqrt(mean); }
};
struct AbsoluteError {
  static constexpr const char* name = "mean_absolute_error";
  static constexpr const char* summary = "Mean of absolute differences";
  static constexpr const char* formula = "mean |p - t|";
  static constexpr const char* source = "keras.metrics.MeanAbsoluteError";
  static double of(double p, double t) { return std::fabs(p - t); }
};
struct AbsolutePercentageError {
  static constexpr const char* name = "mean_absolute_percentage_error";
  static constexpr const char* summary = "Mean of absolute differences in per cent of the target";
  static constexpr const char* formula = "100 mean |p - t| / max(|t|, 1e-7)";
  static constexpr const char* source = "keras.metrics.MeanAbsolutePercentageError";
  static double of(double p, double t) { return 100 * std::fabs(p - t) / std::fmax(std::fabs(t), 1e-7); }
};

}  // namespace teranga::metrics
