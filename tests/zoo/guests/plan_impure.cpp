// SPDX-License-Identifier: Apache-2.0
// Each of its plans asks for more memory than the one before.
#include "right.hpp"

static std::atomic<std::int64_t> plans{0};

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const { zoo::Layer::plan(p), p.scratch(16 * ++plans); }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
