// SPDX-License-Identifier: Apache-2.0
// It uses more scratch memory than it asked for.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const { zoo::Layer::plan(p), p.scratch(16); }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    zoo::Layer::forward(s);
    for (int i = 0; i < 32; ++i) s.scratch()[i] = 1;
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
