// SPDX-License-Identifier: Apache-2.0
// It says that it makes a mask, and does not write it.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape x = p.real_input(0).shape;
    p.read_in_backward(p.input(0)).output(x, {.flags = TRG_MASK_PRODUCED, .mask_rank = 1}).parameter("factor", {x.last()}, sdk::constant(initial));
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
