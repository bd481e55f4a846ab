// SPDX-License-Identifier: Apache-2.0
// A NaN of one sample becomes one of all samples.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    T none = 0;
    for (const T& x : s.in(0)) none += 0 * x;
    for (auto [x, y, a] : s.rows(s.in(0), s.out(0), s.parameter(0))) y = a * x + none;
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
