// SPDX-License-Identifier: Apache-2.0
// Its parameter begins with an initializer that nobody offers.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape x = p.real_input(0).shape;
    p.read_in_backward(p.input(0)).output(x).parameter("factor", {x.last()}, sdk::Initializer("teranga.nothing", {}));
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
