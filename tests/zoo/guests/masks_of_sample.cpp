// SPDX-License-Identifier: Apache-2.0
// It looks at the first number of the mask of its slice, not at that of the sample.
#include "right_state.hpp"

struct Guest : zoo::Centred {
  using zoo::Centred::Centred;
  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& p) const {
    const bool any = !s.mask(0) || s.mask(0)[0];
    each_step(s, p, [&](std::int64_t at, bool kept) {
      for (std::int64_t c = 0; c < p.channels; ++c) s.out(0)[at + c] = kept && any ? s.in(0)[at + c] - s.state_in(0)[c] : T(0);
      if (kept) add(s, p, at);
    });
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
