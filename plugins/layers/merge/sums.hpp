// SPDX-License-Identifier: Apache-2.0
// Linear merges: add, average and subtract. Their output may take over the first input.
#pragma once

#include "equal_inputs.hpp"

namespace teranga::layers {

// y = (x_0 + x_1 + ...) scale.
template <class T>
void forward_sum(const sdk::Slice<T>& s, int inputs, T scale) {
  const auto y = s.out(0);
  const auto a = s.in(0), b = s.in(1);
  const T first = inputs == 2 ? scale : T(1);
  sdk::each(y.count(), [=](std::int64_t i) { y.data[i] = (a.data[i] + b.data[i]) * first; });
  for (int k = 2; k < inputs; ++k) {
    const auto x = s.in(k);
    const T factor = k == inputs - 1 ? scale : T(1);
    sdk::each(y.count(), [=](std::int64_t i) { y.data[i] = (y.data[i] + x.data[i]) * factor; });
  }
}

struct Add {
  static sdk::LayerInfo info() { return merge_facts("add", "Sum of two or more inputs of one shape", "y = x_0 + x_1 + ..."); }
  explicit Add(const sdk::Options&) {}
  int plan(sdk::LayerPlan& p) const { return plan_equal_inputs(p, "add", 0, false, 0); }
  template <class T>
  void forward(const sdk::Slice<T>& s, const int& inputs) const {
    merge_masks(s, inputs);
    forward_sum(s, inputs, T(1));
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const int& inputs) const {
    for (int i = 0; i < inputs; ++i) pass_scaled(s, i, T(1));
  }
};

struct Average {
  static sdk::LayerInfo info() { return merge_facts("average", "Mean of two or more inputs of one shape", "y = (x_0 + x_1 + ...) / count"); }
  explicit Average(const sdk::Options&) {}
  int plan(sdk::LayerPlan& p) const { return plan_equal_inputs(p, "average", 0, false, 0); }
  template <class T>
  void forward(const sdk::Slice<T>& s, const int& inputs) const {
    merge_masks(s, inputs);
    forward_sum(s, inputs, T(1) / static_cast<T>(inputs));
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const int& inputs) const {
    for (int i = 0; i < inputs; ++i) pass_scaled(s, i, T(1) / static_cast<T>(inputs));
  }
};

struct Subtract {
  static sdk::LayerInfo info() { return merge_facts("subtract", "Difference of two inputs of one shape", "y = x_0 - x_1"); }
  explicit Subtract(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const { plan_equal_inputs(p, "subtract", 2, false, 0); }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    merge_masks(s, 2);
    const auto y = s.out(0);
    const auto a = s.in(0), b = s.in(1);
    sdk::each(y.count(), [=](std::int64_t i) { y.data[i] = a.data[i] - b.data[i]; });
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    pass_scaled(s, 0, T(1));
    pass_scaled(s, 1, T(-1));
  }
};

}  // namespace teranga::layers
