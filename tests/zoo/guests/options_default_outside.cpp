// SPDX-License-Identifier: Apache-2.0
// The default of its option lies outside of the range of its option.
#include "right.hpp"

struct Guest : zoo::Layer {
  static sdk::LayerInfo info() {
    sdk::LayerInfo info = zoo::Layer::info();
    info.options = {sdk::real("initial", 3.0).in(0.5, 2.0).says("the factor of each channel before the training")};
    return info;
  }
  using zoo::Layer::Layer;
};

TERANGA_PLUGIN(sdk::layer<Guest>())
