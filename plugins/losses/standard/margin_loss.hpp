// SPDX-License-Identifier: Apache-2.0
// The margin loss of capsule networks, over the lengths p of K capsules. A target is a class number, or a row of K numbers from 0 to 1: one-hot, or with a 1 for each class that is there.
#pragma once

#include <algorithm>
#include <string>

#include <teranga/sdk/math.hpp>

#include "../../comparison/pairing.hpp"
#include "../../comparison/row.hpp"

namespace teranga::losses {

struct MarginLoss {
  static sdk::Info info() {
    return {.name = "teranga.margin_loss",
            .summary = "Margin loss of capsules: those of the classes that are there shall be long, the others short; class numbers, or rows of 0 and 1",
            .formula = "loss = sum_k t_k max(0, m_plus - p_k)^2 + absent_weight (1 - t_k) max(0, p_k - m_minus)^2",
            .source = "Sabour, Frosst and Hinton 2017, arXiv 1710.09829, equation 4",
            .options = {sdk::real("m_plus", 0.9).says("length from which on a capsule of a class that is there has no loss"),
                        sdk::real("m_minus", 0.1).says("length up to which a capsule of a class that is not there has no loss"),
                        sdk::real("absent_weight", 0.5).at_least(0).says("factor of the loss of classes that are not there, lambda in the paper")}};
  }

  double m_plus, m_minus, absent_weight;
  explicit MarginLoss(const sdk::Options& options) : m_plus(options.real("m_plus")), m_minus(options.real("m_minus")), absent_weight(options.real("absent_weight")) {}

  struct Plan {
    comparison::Pairing pairing;
    bool rows;  // a target is a row, not a class number
  };
  Plan plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    comparison::need_one_of_each(c, "margin_loss");
    const bool rows = c.prediction().rank() > 1 && c.target() == c.prediction() && c.prediction().last() > 1;
    const Plan plan{rows ? comparison::pair_elements(c, "margin_loss") : comparison::pair_classes(c, "margin_loss"), rows};
    answer.leading = plan.pairing.leading;
    answer.plain_count = 1;
    answer.targets = rows ? TRG_TARGETS_SHARES : TRG_TARGETS_CLASSES;
    return plan;
  }

  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Plan& plan) const {
    const std::int64_t classes = plan.pairing.length;
    const auto labels = s.classes();
    const auto target = s.target();
    const T* const prediction = s.prediction().data;
    T* const gradient = s.d_prediction().data;
    for (std::int64_t i = 0; i < s.samples() * plan.pairing.per_sample; ++i) {
      if (!plan.rows && (labels[i] < 0 || labels[i] >= classes)) refuse(labels[i], classes, i / plan.pairing.per_sample);
      double loss = 0;
      for (std::int64_t first = 0; first < classes; first += comparison::block_length) {
        const std::int64_t count = std::min(comparison::block_length, classes - first);
        T buffer[comparison::block_length], value[comparison::block_length];
        const T* t = buffer;
        if (plan.rows) {
          t = target.block(i * classes + first, count, buffer);
        } else {
          std::fill_n(buffer, count, T(0));
          if (labels[i] >= first && labels[i] < first + count) buffer[labels[i] - first] = 1;
        }
        terms(prediction + i * classes + first, t, count, static_cast<T>(s.weights()[i]), value, gradient ? gradient + i * classes + first : nullptr);
        loss += comparison::sum_of(value, count);
      }
      s.values()[i] = loss;
    }
  }

 private:
  [[noreturn]] static void refuse(std::int64_t label, std::int64_t classes, std::int64_t sample) {
    throw sdk::DataError("target", "margin_loss expects class numbers from 0 to " + std::to_string(classes - 1) + ", found " + std::to_string(label), sample);
  }

  template <class T>
  void terms(const T* p, const T* t, std::int64_t count, T weight, T* value, T* d) const {
    const T most = static_cast<T>(m_plus), least = static_cast<T>(m_minus), factor = static_cast<T>(absent_weight);
    for (std::int64_t k = 0; k < count; ++k) {
      const T lack = sdk::math::at_least(most - p[k], 0), excess = sdk::math::at_least(p[k] - least, 0);
      value[k] = t[k] * lack * lack + factor * (1 - t[k]) * excess * excess;
      if (d) d[k] = 2 * weight * (factor * (1 - t[k]) * excess - t[k] * lack);
    }
  }
};

}  // namespace teranga::losses
