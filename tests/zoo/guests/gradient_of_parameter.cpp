// SPDX-License-Identifier: Apache-2.0
// The gradient of its parameter has the wrong sign.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    if (!s.d_out(0) || !s.d_parameter(0)) return;
    for (auto [x, dy, da] : s.rows(s.in(0), s.d_out(0), s.d_parameter(0))) da -= x * dy;
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
