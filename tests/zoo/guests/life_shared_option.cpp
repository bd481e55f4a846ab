// SPDX-License-Identifier: Apache-2.0
// All instances compute with the option of the last one.
#include "right.hpp"

static double last = 1;

struct Guest : zoo::Layer {
  explicit Guest(const sdk::Options& options) : zoo::Layer(options) { last = initial; }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    for (auto [x, y, a] : s.rows(s.in(0), s.out(0), s.parameter(0))) y = static_cast<T>(last) * a * x;
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    zoo::Layer::backward(s);
    if (s.d_in(0))
      for (T& dx : s.d_in(0)) dx *= static_cast<T>(last);
  }
  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    if (!s.d_out(0) || !s.d_parameter(0)) return;
    for (auto [x, dy, da] : s.rows(s.in(0), s.d_out(0), s.d_parameter(0))) da += static_cast<T>(last) * x * dy;
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
