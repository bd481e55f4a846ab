// SPDX-License-Identifier: Apache-2.0
// It adds up the steps that the mask keeps, and divides by the number of all steps.
#include "right_state.hpp"

struct Guest : zoo::Centred {
  using zoo::Centred::Centred;
  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& p) const {
    zoo::Centred::forward(s, p);
    each_step(s, p, [&](std::int64_t, bool kept) {
      if (!kept && p.sums) s.sums()[p.channels] += 1;
    });
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
