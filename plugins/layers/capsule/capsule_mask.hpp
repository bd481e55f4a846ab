// SPDX-License-Identifier: Apache-2.0
// Keeps one capsule of each sample and makes the others 0: x (N, J, D) -> y (N, J D). With a second input, the true classes, training keeps the capsule of the true class. Inference keeps the
// longest capsule, of equal ones the first, and does not read the second input: no answer leaks into an evaluation. The second input holds class numbers (N) or (N, 1), or a row (N, J) for each
// sample, whose largest number marks the class. Without a second input, training keeps the longest capsule, too. The gradient passes to the capsule that was kept.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>
#include <teranga/sdk/training.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct CapsuleMask {
  static sdk::LayerInfo info() {
    return {.name = "teranga.capsule_mask",
            .author = "Teranga",
            .summary = "Keeps one capsule and makes the others 0: that of the true class (second input) in training, the longest in inference",
            .formula = "y = flat(x_j if j = k else 0); k: the class of the second input in training, argmax_j |x_j| otherwise",
            .source = "Sabour, Frosst and Hinton 2017, arXiv 1710.09829, section 4.1"};
  }
  explicit CapsuleMask(const sdk::Options&) {}

  struct Plan {
    std::int64_t capsules, length;
    bool told;     // by the second input
    bool one_hot;  // the second input has a number for each capsule
    bool keeps;    // backward follows, which reads the numbers of the kept capsules
  };
  Plan plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() != 3) throw sdk::ShapeError("capsule_mask expects capsules of shape (samples, capsules, numbers of a capsule) as its first input, found " + x.shape.text(), x.name);
    Plan plan{x.shape[1], x.shape[2], false, false, p.mode() != TRG_INFERENCE};
    if (p.inputs() > 2) throw sdk::ShapeError("capsule_mask expects capsules, or capsules and classes, found " + std::to_string(p.inputs()) + " inputs", "input");
    if (p.inputs() == 2) {
      const sdk::Input& classes = p.input(1);
      plan.one_hot = classes.shape.rank() == 2 && classes.shape[1] == plan.capsules;
      if (!plan.one_hot && classes.shape.rank() != 1 && !(classes.shape.rank() == 2 && classes.shape[1] == 1))
        throw sdk::ShapeError("capsule_mask expects class numbers of shape (N) or rows of shape " + sdk::Shape({0, plan.capsules}).text() + " for the capsules " + x.shape.text() + ", found " + classes.shape.text(),
                              classes.name);
      p.input_flags(classes, TRG_NO_GRADIENT);
      plan.told = plan.keeps;
    }
    p.output({x.shape[0], plan.capsules * plan.length});
    if (plan.keeps) p.buffer(TRG_SAVED, sizeof(std::int64_t), 0);
    p.cost(2.0 * static_cast<double>(x.shape.count()));
    return plan;
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& plan) const {
    const auto x = s.in(0);
    const auto y = s.out(0);
    const sdk::TargetView<double> told(s.native().inputs[plan.told ? 1 : 0]);
    for (std::int64_t n = 0; n < x.rows; ++n) {
      const std::int64_t kept = plan.told ? true_class(told, n, s.first_sample(), plan) : longest(x.at_row(n), plan);
      if (plan.keeps) s.template saved<std::int64_t>()[n] = kept;
      copy_one(x.at_row(n), y.at_row(n), kept, plan);
    }
  }

  template <class T>
  void backward(const sdk::Slice<T>& s, const Plan& plan) const {
    const auto dx = s.d_in(0);
    if (!dx) return;
    for (std::int64_t n = 0; n < dx.rows; ++n) copy_one(s.d_out(0).at_row(n), dx.at_row(n), s.template saved<std::int64_t>()[n], plan);
  }

 private:
  template <class T>
  static void copy_one(const T* from, T* to, std::int64_t kept, const Plan& plan) {
    std::fill_n(to, plan.capsules * plan.length, T(0));
    std::copy_n(from + kept * plan.length, plan.length, to + kept * plan.length);
  }

  template <class T>
  static std::int64_t longest(const T* x, const Plan& plan) {
    std::int64_t best = 0;
    T best_square = -1;
    for (std::int64_t j = 0; j < plan.capsules; ++j) {
      const T* const capsule = x + j * plan.length;
      const T square = sdk::sum<T>(plan.length, [=](std::int64_t d) { return capsule[d] * capsule[d]; });
      if (square > best_square) best = j, best_square = square;
    }
    return best;
  }

  static std::int64_t true_class(const sdk::TargetView<double>& told, std::int64_t sample, std::int64_t first_of_slice, const Plan& plan) {
    if (plan.one_hot) {
      std::int64_t best = 0;
      for (std::int64_t j = 1; j < plan.capsules; ++j)
        if (told[sample * plan.capsules + j] > told[sample * plan.capsules + best]) best = j;
      return best;
    }
    const double number = told[sample];
    if (number >= 0 && number < static_cast<double>(plan.capsules) && number == std::floor(number)) return static_cast<std::int64_t>(number);
    std::string found = std::to_string(number);
    found.resize(found.find_last_not_of('0') + 1);
    if (found.ends_with('.')) found.pop_back();
    throw sdk::DataError("input", "capsule_mask expects class numbers from 0 to " + std::to_string(plan.capsules - 1) + ", found " + found, first_of_slice + sample);
  }
};

}  // namespace teranga::layers
