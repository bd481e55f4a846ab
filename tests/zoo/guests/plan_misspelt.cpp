// SPDX-License-Identifier: Apache-2.0
// Its backward_params has another name, so that nobody calls it.
#include "right_state.hpp"

struct Guest : zoo::Centred {
  using zoo::Centred::Centred;
  Plan plan(sdk::LayerPlan& p) const {
    const Plan made = zoo::Centred::plan(p);
    p.parameter("gain", {made.channels}, sdk::ones());
    return made;
  }
  template <class T>
  void backward_parameters(const sdk::Slice<T>& s, const Plan& p) const {
    for (std::int64_t i = 0; s.d_parameter(0) && i < s.in(0).count(); ++i) s.d_parameter(0)[i % p.channels] += s.d_out(0)[i] * s.in(0)[i];
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
