// SPDX-License-Identifier: Apache-2.0
// It declares an option of a name that recipes need themselves.
#include "right.hpp"

struct Guest : zoo::Layer {
  static sdk::LayerInfo info() {
    sdk::LayerInfo info = zoo::Layer::info();
    info.options.push_back(sdk::real("type", 1.0).says("the kind of the scale"));
    return info;
  }
  using zoo::Layer::Layer;
};

TERANGA_PLUGIN(sdk::layer<Guest>())
