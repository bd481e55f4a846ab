// SPDX-License-Identifier: Apache-2.0
// The perceptron criterion: for a layer that ends in the activation "step", which has no gradient of its own, so the loss takes the step in. With plain gradient
// descent, one sample a batch, it is Rosenblatt's rule: w += rate (target - output) x, for each unit.
#pragma once

#include <string>

#include "elementwise.hpp"

namespace teranga::losses {

struct Perceptron {
  static sdk::Info info() {
    return {.name = "teranga.perceptron", .summary = "The perceptron criterion behind the activation \"step\"; targets 0 or 1",
            .formula = "loss = sum (y - t) z, y = 1 where z >= 0, else 0; gradient by z: y - t", .source = "Rosenblatt 1958"};
  }
  explicit Perceptron(const sdk::Options&) {}

  Pairing plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    const Pairing pairing = pair_elements(c, "perceptron");
    answer.leading = pairing.leading;
    if (c.producer() != "teranga.step")
      throw sdk::ShapeError("the loss perceptron expects an output made by the activation \"step\", found " +
                                (c.producer().empty() ? std::string("no activation") : "the activation \"" + std::string(c.producer()) + "\""),
                            "prediction", "give the last layer activation = \"step\"");
    answer.absorbs = 1;
    answer.targets = TRG_TARGETS_YES_NO;
    answer.surrogate = 1;
    return pairing;
  }

  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Pairing& pairing) const {
    const auto rule = [](T z, T t) -> Term<T> {
      const T error = (z >= 0 ? T(1) : T(0)) - t;
      return {error * z, error};
    };
    evaluate_elements(s, pairing, Over::sum, rule, [&](const T* t, std::int64_t n, std::int64_t first) {
      for (std::int64_t i = 0; i < n; ++i)
        if (t[i] != 0 && t[i] != 1)
          throw sdk::DataError("target", "perceptron expects targets 0 or 1, found " + std::to_string(t[i]), (first + i) / (pairing.length * pairing.per_sample));
    });
  }
};

}  // namespace teranga::losses
