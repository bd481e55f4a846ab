// SPDX-License-Identifier: Apache-2.0
// How often a prediction is right: for yes / no labels, for one-hot targets, for class numbers, and among the k likeliest classes.
#pragma once

#include "mean_metric.hpp"

namespace teranga::metrics {

struct BinaryAccuracy {
  static constexpr std::int32_t direction = 1;
  static sdk::Info info() {
    return {.name = "teranga.binary_accuracy", .summary = "Share of labels that the prediction, cut at a threshold, equals", .formula = "mean [(p > threshold) = t]; a label -1 counts as 0",
            .source = "keras.metrics.BinaryAccuracy", .options = {sdk::real("threshold").optional().in(0, 1).says(std::string("predictions above it count as 1") + usual_threshold)}};
  }
  double threshold = 0.5;
  explicit BinaryAccuracy(const sdk::Options& options) {
    if (options.has("threshold")) threshold = options.real("threshold");
  }
  Pairing pair(const sdk::Comparison& c) const { return pair_elements(c, "binary_accuracy", Judge::metric); }

  template <class Put>
  void each(const sdk::MetricSlice& s, const Pairing& p, Put&& put) const {
    const auto target = s.target();
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t i = 0; i < s.samples() * p.per_sample; ++i) {
        std::int64_t right = 0;
        for (std::int64_t k = i * p.length; k < (i + 1) * p.length; ++k) right += (static_cast<double>(x[k]) > threshold ? 1.0 : 0.0) == (target[k] == -1 ? 0.0 : target[k]);
        put(static_cast<double>(right) / static_cast<double>(p.length));
      }
    });
  }
};

struct CategoricalAccuracy {
  static constexpr std::int32_t direction = 1;
  static sdk::Info info() {
    return {.name = "teranga.categorical_accuracy", .summary = "Share of samples whose likeliest class is the one of a one-hot target", .formula = "mean [argmax p = argmax t]",
            .source = "keras.metrics.CategoricalAccuracy"};
  }
  explicit CategoricalAccuracy(const sdk::Options&) {}
  Pairing pair(const sdk::Comparison& c) const { return pair_one_hot(c, "categorical_accuracy", Judge::metric); }

  template <class Put>
  void each(const sdk::MetricSlice& s, const Pairing& p, Put&& put) const {
    const auto target = s.target();
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t i = 0; i < s.samples() * p.per_sample; ++i) put(arg_max(x + i * p.length, p.length) == arg_max(target, i * p.length, p.length));
    });
  }
};

struct SparseCategoricalAccuracy {
  static constexpr std::int32_t direction = 1;
  static sdk::Info info() {
    return {.name = "teranga.sparse_categorical_accuracy", .summary = "Share of samples whose likeliest class is the target's class number", .formula = "mean [argmax p = t]",
            .source = "keras.metrics.SparseCategoricalAccuracy"};
  }
  explicit SparseCategoricalAccuracy(const sdk::Options&) {}
  Pairing pair(const sdk::Comparison& c) const { return pair_classes(c, "sparse_categorical_accuracy", Judge::metric); }

  template <class Put>
  void each(const sdk::MetricSlice& s, const Pairing& p, Put&& put) const {
    const auto classes = s.classes();
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t i = 0; i < s.samples() * p.per_sample; ++i) put(arg_max(x + i * p.length, p.length) == classes[i]);
    });
  }
};

// Right where fewer than k classes are likelier than the target's.
template <class T>
bool among_likeliest(const T* x, std::int64_t classes, std::int64_t label, std::int64_t k) {
  if (label < 0 || label >= classes) return false;
  std::int64_t likelier = 0;
  for (std::int64_t j = 0; j < classes; ++j) likelier += x[j] > x[label];
  return x[label] == x[label] && likelier < k;
}

inline sdk::OptionSpec k_option() { return sdk::integer("k", std::int64_t{5}).at_least(1).says("how many of the likeliest classes count"); }

struct TopKCategoricalAccuracy {
  static constexpr std::int32_t direction = 1;
  static sdk::Info info() {
    return {.name = "teranga.top_k_categorical_accuracy", .summary = "Share of samples whose one-hot class is among the k likeliest", .formula = "mean [fewer than k classes have p > p[argmax t]]",
            .source = "keras.metrics.TopKCategoricalAccuracy", .options = {k_option()}};
  }
  std::int64_t k;
  explicit TopKCategoricalAccuracy(const sdk::Options& options) : k(options.integer("k")) {}
  Pairing pair(const sdk::Comparison& c) const { return pair_one_hot(c, "top_k_categorical_accuracy", Judge::metric); }

  template <class Put>
  void each(const sdk::MetricSlice& s, const Pairing& p, Put&& put) const {
    const auto target = s.target();
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t i = 0; i < s.samples() * p.per_sample; ++i) put(among_likeliest(x + i * p.length, p.length, arg_max(target, i * p.length, p.length), k));
    });
  }
};

struct SparseTopKCategoricalAccuracy {
  static constexpr std::int32_t direction = 1;
  static sdk::Info info() {
    return {.name = "teranga.sparse_top_k_categorical_accuracy", .summary = "Share of samples whose class number is among the k likeliest", .formula = "mean [fewer than k classes have p > p[t]]",
            .source = "keras.metrics.SparseTopKCategoricalAccuracy", .options = {k_option()}};
  }
  std::int64_t k;
  explicit SparseTopKCategoricalAccuracy(const sdk::Options& options) : k(options.integer("k")) {}
  Pairing pair(const sdk::Comparison& c) const { return pair_classes(c, "sparse_top_k_categorical_accuracy", Judge::metric); }

  template <class Put>
  void each(const sdk::MetricSlice& s, const Pairing& p, Put&& put) const {
    const auto classes = s.classes();
    with_predictions(s, [&](const auto* x) {
      for (std::int64_t i = 0; i < s.samples() * p.per_sample; ++i) put(among_likeliest(x + i * p.length, p.length, classes[i], k));
    });
  }
};

}  // namespace teranga::metrics
