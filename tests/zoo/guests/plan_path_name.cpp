// SPDX-License-Identifier: Apache-2.0
// The name of its parameter leads out of the checkpoint.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const { zoo::Layer::plan(p), p.parameter("../../factor", {1}, sdk::ones(), {.trainable = false}); }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
