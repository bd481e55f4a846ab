// SPDX-License-Identifier: Apache-2.0
// It declares the same option twice.
#include "right.hpp"

struct Guest : zoo::Layer {
  static sdk::LayerInfo info() {
    sdk::LayerInfo info = zoo::Layer::info();
    info.options.push_back(info.options[0]);
    return info;
  }
  using zoo::Layer::Layer;
};

TERANGA_PLUGIN(sdk::layer<Guest>())
