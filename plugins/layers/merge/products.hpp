// SPDX-License-Identifier: Apache-2.0
// Merges whose gradient reads the inputs: multiply, maximum and minimum.
#pragma once

#include "equal_inputs.hpp"

namespace teranga::layers {

struct Multiply {
  static sdk::LayerInfo info() { return merge_facts("multiply", "Element-wise product of two or more inputs of one shape", "y = x_0 x_1 ..."); }
  explicit Multiply(const sdk::Options&) {}
  int plan(sdk::LayerPlan& p) const { return plan_equal_inputs(p, "multiply", 0, true, 0); }
  template <class T>
  void forward(const sdk::Slice<T>& s, const int& inputs) const {
    merge_masks(s, inputs);
    const auto y = s.out(0);
    const auto a = s.in(0), b = s.in(1);
    sdk::each(y.count(), [=](std::int64_t i) { y.data[i] = a.data[i] * b.data[i]; });
    for (int k = 2; k < inputs; ++k) {
      const auto x = s.in(k);
      sdk::each(y.count(), [=](std::int64_t i) { y.data[i] *= x.data[i]; });
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const int& inputs) const {
    for (int k = 0; k < inputs; ++k) {
      const auto dx = s.d_in(k);
      sdk::pass_on(s.d_out(0), dx);
      for (int j = 0; dx && j < inputs; ++j) {
        if (j == k) continue;
        const auto x = s.in(j);
        sdk::each(dx.count(), [=](std::int64_t i) { dx.data[i] *= x.data[i]; });
      }
    }
  }
};

// The gradient goes to the first input that holds the chosen value.
template <bool largest>
struct Extreme {
  static constexpr const char* name = largest ? "maximum" : "minimum";
  static sdk::LayerInfo info() {
    return largest ? merge_facts(name, "Element-wise largest of two or more inputs of one shape", "y = max(x_0, x_1, ...)")
                   : merge_facts(name, "Element-wise smallest of two or more inputs of one shape", "y = min(x_0, x_1, ...)");
  }
  explicit Extreme(const sdk::Options&) {}
  int plan(sdk::LayerPlan& p) const { return plan_equal_inputs(p, name, 0, true, TRG_READ_IN_BACKWARD); }

  template <class T>
  static T pick(T a, T b) { return (largest ? b > a : b < a) ? b : a; }

  template <class T>
  void forward(const sdk::Slice<T>& s, const int& inputs) const {
    merge_masks(s, inputs);
    const auto y = s.out(0);
    const auto a = s.in(0), b = s.in(1);
    sdk::each(y.count(), [=](std::int64_t i) { y.data[i] = pick(a.data[i], b.data[i]); });
    for (int k = 2; k < inputs; ++k) {
      const auto x = s.in(k);
      sdk::each(y.count(), [=](std::int64_t i) { y.data[i] = pick(y.data[i], x.data[i]); });
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const int& inputs) const {
    const auto y = s.out(0);
    for (int k = 0; k < inputs; ++k) {
      const auto dx = s.d_in(k);
      if (!dx) continue;
      sdk::pass_on(s.d_out(0), dx);
      const auto own = s.in(k);
      sdk::each(dx.count(), [=](std::int64_t i) { dx.data[i] = own.data[i] == y.data[i] ? dx.data[i] : T(0); });
      for (int j = 0; j < k; ++j) {
        const auto x = s.in(j);
        sdk::each(dx.count(), [=](std::int64_t i) { dx.data[i] = x.data[i] == y.data[i] ? T(0) : dx.data[i]; });
      }
    }
  }
};

}  // namespace teranga::layers
