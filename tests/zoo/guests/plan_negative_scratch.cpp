// SPDX-License-Identifier: Apache-2.0
// It asks for less than no memory.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const { zoo::Layer::plan(p), p.scratch(-3000); }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
