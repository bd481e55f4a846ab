// SPDX-License-Identifier: Apache-2.0
// Two of its parameters have the same name.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const { zoo::Layer::plan(p), p.parameter("factor", {1}, sdk::ones(), {.trainable = false}); }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
