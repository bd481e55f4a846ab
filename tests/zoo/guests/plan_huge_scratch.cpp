// SPDX-License-Identifier: Apache-2.0
// It asks for 100 GB, far more than it uses.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const { zoo::Layer::plan(p), p.buffer(TRG_SCRATCH, 0, 100'000'000'000); }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
