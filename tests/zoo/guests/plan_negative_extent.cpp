// SPDX-License-Identifier: Apache-2.0
// It takes three channels off, also where there are fewer.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const {
    sdk::Shape y = p.real_input(0).shape;
    y[-1] -= 3;
    p.read_in_backward(p.input(0)).output(y).parameter("factor", {y.last()}, sdk::constant(initial));
  }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0), a = s.parameter(0);
    const auto y = s.out(0);
    for (std::int64_t i = 0; i < y.count(); ++i) y[i] = a[i % y.last] * x[i / y.last * x.last + i % y.last];
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const auto dy = s.d_out(0);
    const auto dx = s.d_in(0);
    if (!dx) return;
    for (T& zero : dx) zero = 0;
    for (std::int64_t i = 0; dy && i < dy.count(); ++i) dx[i / dy.last * dx.last + i % dy.last] = s.parameter(0)[i % dy.last] * dy[i];
  }
  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    const auto dy = s.d_out(0), x = s.in(0);
    for (std::int64_t i = 0; dy && s.d_parameter(0) && i < dy.count(); ++i) s.d_parameter(0)[i % dy.last] += x[i / dy.last * x.last + i % dy.last] * dy[i];
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
