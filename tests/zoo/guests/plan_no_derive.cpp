// SPDX-License-Identifier: Apache-2.0
// It asks for derived memory, which nobody writes.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const {
    zoo::Layer::plan(p);
    p.derived(64);
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
