// SPDX-License-Identifier: Apache-2.0
// Neither what it computes nor what its option means is written down.
#include "right.hpp"

struct Guest : zoo::Layer {
  static sdk::LayerInfo info() { return {.name = "zoo.layer", .options = {sdk::real("initial", 1.0).in(0.5, 2.0)}}; }
  using zoo::Layer::Layer;
};

TERANGA_PLUGIN(sdk::layer<Guest>())
