// SPDX-License-Identifier: Apache-2.0
// Cross-entropy between labels in [0, 1] and probabilities of independent yes / no questions; a mean over the last axis.
#pragma once

#include "elementwise.hpp"
#include "logits.hpp"

namespace teranga::losses {

struct BinaryCrossentropy {
  static sdk::Info info() {
    return {.name = "teranga.binary_crossentropy", .summary = "Cross-entropy of yes / no labels", .formula = "loss = mean -(t log p + (1 - t) log(1 - p)), p = sigmoid(logits)",
            .source = "keras.losses.BinaryCrossentropy",
            .options = {from_logits_option("sigmoid"), label_smoothing_option("labels are drawn towards 0.5 by this share")}};
  }

  bool from_logits;
  double smoothing;
  explicit BinaryCrossentropy(const sdk::Options& options) : from_logits(options.boolean("from_logits")), smoothing(options.real("label_smoothing")) {}

  struct Plan {
    Pairing pairing;
    bool logits;
  };
  Plan plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    const Pairing pairing = pair_elements(c, "binary_crossentropy", from_logits ? Judge::loss_of_logits : Judge::loss);
    answer.leading = pairing.leading;
    answer.targets = TRG_TARGETS_SHARES;
    return {pairing, wants_logits(c, from_logits, "teranga.sigmoid", answer)};
  }

  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Plan& p) const {
    const T keep = static_cast<T>(1 - smoothing), add = static_cast<T>(0.5 * smoothing);
    if (p.logits)
      evaluate_elements(s, p.pairing, Over::mean, [=](T z, T label) -> Term<T> {
        const T t = label * keep + add, fade = sdk::math::exp(-sdk::math::abs(z));
        const T probability = (z >= 0 ? T(1) : fade) / (1 + fade);
        return {sdk::math::at_least(z, T(0)) - z * t + sdk::math::log1p(fade), probability - t};
      });
    else
      evaluate_elements(s, p.pairing, Over::mean, [=](T q, T label) -> Term<T> {
        constexpr T least = static_cast<T>(clip_epsilon), most = T(1) - least;
        const T t = label * keep + add, c = sdk::math::at_most(sdk::math::at_least(q, least), most);
        return {-(t * sdk::math::log(c) + (1 - t) * sdk::math::log(1 - c)), c == q ? (c - t) / (c * (1 - c)) : T(0)};
      });
  }
};

}  // namespace teranga::losses
