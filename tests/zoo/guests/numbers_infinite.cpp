// SPDX-License-Identifier: Apache-2.0
// It divides by its input, which may be 0, as it is behind many layers.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    for (auto [x, y, a] : s.rows(s.in(0), s.out(0), s.parameter(0))) y = a * x * x * x * x / (x * x * x);
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
