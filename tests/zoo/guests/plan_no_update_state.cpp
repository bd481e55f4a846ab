// SPDX-License-Identifier: Apache-2.0
// Its update_state has another name, so that nobody calls it.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  void plan(sdk::LayerPlan& p) const {
    zoo::Layer::plan(p);
    p.state("steps", {1}, sdk::zeros(), {.merge = TRG_MERGE_SAME});
  }
  template <class T>
  void update_states(const sdk::Slice<T>& s) const {
    s.state_out(0)[0] = s.state_in(0)[0] + 1;
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
