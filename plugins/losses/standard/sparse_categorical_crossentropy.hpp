// SPDX-License-Identifier: Apache-2.0
// Cross-entropy between class numbers and a distribution over K classes.
#pragma once

#include <cmath>
#include <optional>
#include <string>

#include "logits.hpp"
#include "../../comparison/pairing.hpp"
#include "softmax_row.hpp"

namespace teranga::losses {

struct SparseCategoricalCrossentropy {
  static sdk::Info info() {
    return {.name = "teranga.sparse_categorical_crossentropy", .summary = "Cross-entropy for targets that are class numbers 0 .. K - 1",
            .formula = "loss = -log p[target], p = softmax(logits)", .source = "keras.losses.SparseCategoricalCrossentropy",
            .options = {from_logits_option("softmax"),
                        sdk::integer("ignore_class").optional().says("targets of this class have no loss and do not count in its mean (e.g. -1 for padding)")}};
  }

  bool from_logits;
  std::optional<std::int64_t> ignored;
  explicit SparseCategoricalCrossentropy(const sdk::Options& options) : from_logits(options.boolean("from_logits")) {
    if (options.has("ignore_class")) ignored = options.integer("ignore_class");
  }

  struct Plan {
    Pairing pairing;
    bool logits;
  };
  Plan plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    const Pairing pairing = pair_classes(c, "sparse_categorical_crossentropy");
    answer.leading = pairing.leading;
    answer.plain_count = !ignored;
    answer.targets = TRG_TARGETS_CLASSES;
    if (ignored) answer.ignores = 1, answer.ignored = *ignored;
    return {pairing, wants_logits(c, from_logits, "teranga.softmax", answer)};
  }

  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Plan& p) const {
    const std::int64_t classes = p.pairing.length, elements = s.samples() * p.pairing.per_sample;
    const T* const prediction = s.prediction().data;
    T* const gradient = s.d_prediction().data;
    const auto labels = s.classes();
    for (std::int64_t i = 0; i < elements; ++i) {
      const std::int64_t label = labels[i];
      T* const d = gradient ? gradient + i * classes : nullptr;
      if (label == ignored) {
        s.values()[i] = 0;
        if (d) std::fill_n(d, classes, T(0));
        continue;
      }
      if (label < 0 || label >= classes) refuse(label, classes, i / p.pairing.per_sample);
      const T* const row = prediction + i * classes;
      s.values()[i] = p.logits ? from_logits_row(row, classes, label, d, s.weights()[i]) : from_probabilities_row(row, classes, label, d, s.weights()[i]);
    }
  }

  // Leading elements that are neither masked nor ignored.
  template <class T>
  double denominator(const sdk::LossSlice<T>& s, const Plan& p) const {
    const auto labels = s.classes();
    double count = 0;
    for (std::int64_t i = 0; i < s.samples() * p.pairing.per_sample; ++i)
      if (labels[i] != ignored && (!s.weights() || s.weights()[i] != 0)) count += 1;
    return count;
  }

 private:
  [[noreturn]] static void refuse(std::int64_t label, std::int64_t classes, std::int64_t sample) {
    throw sdk::DataError("target", "sparse_categorical_crossentropy expects class numbers from 0 to " + std::to_string(classes - 1) + ", found " + std::to_string(label), sample);
  }

  template <class T>
  static double from_logits_row(const T* z, std::int64_t classes, std::int64_t label, T* d, double weight) {
    const SoftmaxRow<T> row = softmax_row(z, classes, d);
    if (d) {
      scale(d, classes, weight / row.sum);
      d[label] -= static_cast<T>(weight);
    }
    return static_cast<double>(row.greatest - z[label]) + row.log_sum;
  }

  // q = p / sum p, clipped to [eps, 1 - eps]; loss = -log q[label]. A clipped probability has no gradient.
  template <class T>
  static double from_probabilities_row(const T* p, std::int64_t classes, std::int64_t label, T* d, double weight) {
    constexpr T least = static_cast<T>(clip_epsilon), most = T(1) - least;
    const double sum = sum_of(p, classes);
    const T q = p[label] / static_cast<T>(sum);
    const T clipped = q < least ? least : q > most ? most : q;
    if (d) {
      const bool moves = q >= least && q <= most;
      std::fill_n(d, classes, moves ? static_cast<T>(weight / sum) : T(0));
      if (moves) d[label] -= static_cast<T>(weight / sum / static_cast<double>(q));
    }
    return -std::log(static_cast<double>(clipped));
  }
};

}  // namespace teranga::losses
