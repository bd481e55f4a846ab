// SPDX-License-Identifier: Apache-2.0
// Its items are of two vendors.
#include "right.hpp"

struct Other : zoo::Layer {
  static sdk::LayerInfo info() {
    sdk::LayerInfo info = zoo::Layer::info();
    info.name = "farm.layer";
    return info;
  }
  using zoo::Layer::Layer;
};

TERANGA_PLUGIN(sdk::layer<zoo::Layer>(), sdk::layer<Other>())
