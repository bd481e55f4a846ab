// SPDX-License-Identifier: Apache-2.0
// Its plan throws, whatever the shapes are.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const {
    zoo::Layer::plan(p);
    throw std::runtime_error("the plan has failed");
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
