// SPDX-License-Identifier: Apache-2.0
// It reads scratch memory before it writes it.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const { zoo::Layer::plan(p), p.scratch(16); }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    zoo::Layer::forward(s);
    for (T& y : s.out(0)) y += s.scratch()[3];
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
