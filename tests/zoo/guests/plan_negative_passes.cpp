// SPDX-License-Identifier: Apache-2.0
// A pass of its forward has less than no sums.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const { zoo::Layer::plan(p), p.passes(TRG_FORWARD, {-4, 0}); }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
