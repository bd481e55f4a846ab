// SPDX-License-Identifier: Apache-2.0
// Cross-entropy between one-hot (or soft) targets and a distribution over K classes.
#pragma once

#include <algorithm>

#include "logits.hpp"
#include "../../comparison/pairing.hpp"
#include "softmax_row.hpp"

namespace teranga::losses {

struct CategoricalCrossentropy {
  static sdk::Info info() {
    return {.name = "teranga.categorical_crossentropy", .summary = "Cross-entropy for one-hot or soft targets", .formula = "loss = -sum t log p, p = softmax(logits)",
            .source = "keras.losses.CategoricalCrossentropy",
            .options = {from_logits_option("softmax"), label_smoothing_option("share of a target that is spread evenly over all classes")}};
  }

  bool from_logits;
  double smoothing;
  explicit CategoricalCrossentropy(const sdk::Options& options) : from_logits(options.boolean("from_logits")), smoothing(options.real("label_smoothing")) {}

  struct Plan {
    Pairing pairing;
    bool logits;
  };
  Plan plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    const Pairing pairing = pair_one_hot(c, "categorical_crossentropy");
    answer.leading = pairing.leading;
    answer.targets = TRG_TARGETS_DISTRIBUTION;
    return {pairing, wants_logits(c, from_logits, "teranga.softmax", answer)};
  }

  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Plan& p) const {
    const std::int64_t classes = p.pairing.length;
    const T* const prediction = s.prediction().data;
    T* const gradient = s.d_prediction().data;
    for (std::int64_t i = 0; i < s.samples() * p.pairing.per_sample; ++i) {
      const Row<T> row{prediction + i * classes, gradient ? gradient + i * classes : nullptr, i * classes, classes, s.target(), s.weights()[i],
                       static_cast<T>(1 - smoothing), static_cast<T>(smoothing / static_cast<double>(classes))};
      s.values()[i] = p.logits ? from_logits_row(row) : from_probabilities_row(row);
    }
  }

 private:
  template <class T>
  struct Row {
    const T* p;
    T* d;
    std::int64_t first, classes;
    sdk::TargetView<T> target;
    double weight;
    T keep, add;

    // body(block of smoothed targets, offset in the row, length) for all of the row
    template <class Body>
    void targets(Body&& body) const {
      T buffer[block_length], smoothed[block_length];
      for (std::int64_t k = 0; k < classes; k += block_length) {
        const std::int64_t n = std::min(block_length, classes - k);
        const T* const t = target.block(first + k, n, buffer);
        for (std::int64_t j = 0; j < n; ++j) smoothed[j] = t[j] * keep + add;
        body(static_cast<const T*>(smoothed), k, n);
      }
    }
  };

  // loss = sum t ((greatest - z) + log sum); gradient = softmax sum(t) - t
  template <class T>
  static double from_logits_row(const Row<T>& row) {
    const SoftmaxRow<T> softmax = softmax_row(row.p, row.classes, row.d);
    double loss = 0, mass = 0;
    row.targets([&](const T* t, std::int64_t k, std::int64_t n) {
      T product[block_length];
      for (std::int64_t j = 0; j < n; ++j) product[j] = t[j] == 0 ? T(0) : t[j] * (softmax.greatest - row.p[k + j]);
      loss += sum_of(product, n);
      mass += sum_of(t, n);
    });
    if (row.d) {
      const T factor = static_cast<T>(row.weight * mass / softmax.sum), weight = static_cast<T>(row.weight);
      row.targets([&](const T* t, std::int64_t k, std::int64_t n) {
        for (std::int64_t j = 0; j < n; ++j) row.d[k + j] = row.d[k + j] * factor - weight * t[j];
      });
    }
    return loss + mass * softmax.log_sum;
  }

  // q = p / sum p; loss = -sum t log(clip(q)); a clipped q has no gradient. dq = -t / q, dp = (dq - sum dq q) / sum p.
  template <class T>
  static double from_probabilities_row(const Row<T>& row) {
    constexpr T least = static_cast<T>(clip_epsilon), most = T(1) - least;
    const double sum = sum_of(row.p, row.classes);
    const T inverse = static_cast<T>(1 / sum);
    double loss = 0, moving = 0;  // moving: the targets of classes that are not clipped
    row.targets([&](const T* t, std::int64_t k, std::int64_t n) {
      T product[block_length], counted[block_length];
      for (std::int64_t j = 0; j < n; ++j) {
        const T q = row.p[k + j] * inverse, c = sdk::math::at_most(sdk::math::at_least(q, least), most);
        product[j] = -t[j] * sdk::math::log(c);
        counted[j] = c == q ? t[j] : T(0);
        if (row.d) row.d[k + j] = c == q ? -t[j] / q : T(0);
      }
      loss += sum_of(product, n);
      moving += sum_of(counted, n);
    });
    if (row.d) {
      const T scale_by = static_cast<T>(row.weight / sum), shift = static_cast<T>(moving);
      for (std::int64_t k = 0; k < row.classes; ++k) row.d[k] = (row.d[k] + shift) * scale_by;
    }
    return loss;
  }
};

}  // namespace teranga::losses
