// SPDX-License-Identifier: Apache-2.0
// Its parameter has 40 axes.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const { zoo::Layer::plan(p), p.parameter("cube", sdk::Shape(std::vector<std::int64_t>(40, 1)), sdk::ones()); }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
