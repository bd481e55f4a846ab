// SPDX-License-Identifier: Apache-2.0
// It adds to a sum that it did not ask for.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const { zoo::Layer::plan(p), p.passes(TRG_FORWARD, {2, 0}); }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    if (s.pass() == 0)
      for (int i = 0; i < 3; ++i) s.sums()[i] += 1;
    else
      zoo::Layer::forward(s);
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
