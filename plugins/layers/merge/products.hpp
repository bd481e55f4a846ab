// SPDX-License-Identifier: Apache-2.0
// Merges whose gradient reads the inputs: multiply, maximum and minimum. As in Keras, an input has no say where its mask leaves it out.
#pragma once

#include "equal_inputs.hpp"

namespace teranga::layers {

// y = op(op(x_a, x_b), ...) of the inputs that are kept; none(first element, elements) where none is.
template <class T, class Op, class None>
void merge_kept(const sdk::Slice<T>& s, int inputs, Op op, None none) {
  T* const y = s.out(0).data;
  for_runs(s, inputs, [&](std::int64_t at, std::int64_t count) {
    T* const to = y + at;
    const T* so_far = nullptr;
    for (int k = 0; k < inputs; ++k) {
      if (!keeps(s, k, at)) continue;
      const T* x = s.in(k).data + at;
      if (!so_far) {
        so_far = x;
        continue;
      }
      sdk::each(count, [=](std::int64_t i) { to[i] = op(so_far[i], x[i]); });
      so_far = to;
    }
    if (!so_far) none(at, count);
    else if (so_far != to) std::copy_n(so_far, count, to);
  });
}

struct Multiply {
  static sdk::LayerInfo info() { return merge_facts("multiply", "Element-wise product of two or more inputs of one shape", "y = x_0 x_1 ..."); }
  explicit Multiply(const sdk::Options&) {}
  int plan(sdk::LayerPlan& p) const { return plan_equal_inputs(p, "multiply", 0, true, 0); }
  template <class T>
  void forward(const sdk::Slice<T>& s, const int& inputs) const {
    merge_masks(s, inputs);
    merge_kept(s, inputs, [](T a, T b) { return a * b; }, [&](std::int64_t at, std::int64_t count) { std::fill_n(s.out(0).data + at, count, T(0)); });
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const int& inputs) const {
    for (int k = 0; k < inputs; ++k) {
      const auto d = s.d_in(k);
      if (!d) continue;
      sdk::pass_on(s.d_out(0), d);
      for_runs(s, inputs, [&](std::int64_t at, std::int64_t count) {
        T* dx = d.data + at;
        if (!keeps(s, k, at)) std::fill_n(dx, count, T(0));
        for (int j = 0; j < inputs; ++j) {
          if (j == k || !keeps(s, j, at)) continue;
          const T* x = s.in(j).data + at;
          sdk::each(count, [=](std::int64_t i) { dx[i] *= x[i]; });
        }
      });
    }
  }
};

// Of two equal numbers each has half of the gradient, and several are taken two by two, max(max(x_0, x_1), x_2), as in Keras (on JAX and PyTorch;
// TensorFlow gives it to the first): of three equal ones the last has half and the others a quarter. Where no input is kept, the first one is taken.
template <bool largest>
struct Extreme {
  static constexpr const char* name = largest ? "maximum" : "minimum";
  static sdk::LayerInfo info() {
    return largest ? merge_facts(name, "Element-wise largest of two or more inputs of one shape", "y = max(x_0, x_1, ...); equal inputs share the gradient")
                   : merge_facts(name, "Element-wise smallest of two or more inputs of one shape", "y = min(x_0, x_1, ...); equal inputs share the gradient");
  }
  explicit Extreme(const sdk::Options&) {}
  int plan(sdk::LayerPlan& p) const { return plan_equal_inputs(p, name, 0, true, TRG_READ_IN_BACKWARD); }

  template <class T>
  void forward(const sdk::Slice<T>& s, const int& inputs) const {
    merge_masks(s, inputs);
    merge_kept(s, inputs, [](T a, T b) { return (largest ? b > a : b < a) ? b : a; },
               [&](std::int64_t at, std::int64_t count) { std::copy_n(s.in(0).data + at, count, s.out(0).data + at); });
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const int& inputs) const {
    for (int k = 0; k < inputs; ++k) {
      const auto d = s.d_in(k);
      if (!d) continue;
      sdk::pass_on(s.d_out(0), d);
      if (s.d_out(0)) for_runs(s, inputs, [&](std::int64_t at, std::int64_t count) { keep_chosen(s, inputs, k, {at, count}, d.data + at); });
    }
  }

 private:
  struct Run {
    std::int64_t at, count;
  };
  // dx of input k, which is dy at first: 0 where its value was not chosen, less where others were too.
  template <class T>
  static void keep_chosen(const sdk::Slice<T>& s, int inputs, int k, Run run, T* dx) {
    const auto [at, count] = run;
    bool any = false;
    for (int j = 0; j < inputs; ++j) any = any || keeps(s, j, at);
    if (!any && k == 0) return;
    if (!keeps(s, k, at)) {
      std::fill_n(dx, count, T(0));
      return;
    }
    const T *y = s.out(0).data + at, *dy = s.d_out(0).data + at, *own = s.in(k).data + at;
    for (int j = 0; j < k; ++j) {  // those before have had their halves already: together they are one
      if (!keeps(s, j, at)) continue;
      const T* x = s.in(j).data + at;
      sdk::each(count, [=](std::int64_t i) { dx[i] = x[i] == y[i] ? dy[i] / 2 : dx[i]; });
    }
    for (int j = k + 1; j < inputs; ++j) {
      if (!keeps(s, j, at)) continue;
      const T* x = s.in(j).data + at;
      sdk::each(count, [=](std::int64_t i) { dx[i] = x[i] == y[i] ? dx[i] / 2 : dx[i]; });
    }
    sdk::each(count, [=](std::int64_t i) { dx[i] = own[i] == y[i] ? dx[i] : T(0); });
  }
};

}  // namespace teranga::layers
