// SPDX-License-Identifier: Apache-2.0
// It takes the number of samples of a slice for that of the batch.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    for (auto [x, y, a] : s.rows(s.in(0), s.out(0), s.parameter(0))) y = a * x / static_cast<T>(s.samples());
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    zoo::Layer::backward(s);
    if (s.d_in(0))
      for (T& dx : s.d_in(0)) dx /= static_cast<T>(s.samples());
  }
  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    if (!s.d_out(0) || !s.d_parameter(0)) return;
    for (auto [x, dy, da] : s.rows(s.in(0), s.d_out(0), s.d_parameter(0))) da += x * dy / static_cast<T>(s.samples());
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
