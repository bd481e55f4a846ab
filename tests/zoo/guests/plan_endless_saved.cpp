// SPDX-License-Identifier: Apache-2.0
// It asks for so much memory that its number of bytes cannot be written down.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const { zoo::Layer::plan(p), p.buffer(TRG_SAVED, std::numeric_limits<std::int64_t>::max() / 4, 0); }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
