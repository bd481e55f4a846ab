// SPDX-License-Identifier: Apache-2.0
// Its running mean counts the steps that the mask skips.
#include "right_state.hpp"

struct Guest : zoo::Centred {
  using zoo::Centred::Centred;
  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& p) const {
    each_step(s, p, [&](std::int64_t at, bool kept) {
      for (std::int64_t c = 0; c < p.channels; ++c) s.out(0)[at + c] = kept ? s.in(0)[at + c] - s.state_in(0)[c] : T(0);
      add(s, p, at);
    });
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
