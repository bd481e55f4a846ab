// SPDX-License-Identifier: Apache-2.0
// Its backward reads the input without a word of it in plan: other layers may have written there.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape x = p.real_input(0).shape;
    p.output(x).parameter("factor", {x.last()}, sdk::constant(initial));
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
