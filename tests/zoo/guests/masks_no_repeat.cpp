// SPDX-License-Identifier: Apache-2.0
// It takes the mask to have a number for each step, where an input of more axes has several steps for each of them.
#include "right_state.hpp"

struct Guest : zoo::Centred {
  using zoo::Centred::Centred;
  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& p) const {
    const auto mask = s.mask(0);
    for (std::int64_t i = 0; i < s.in(0).count() / p.channels; ++i) {
      const bool kept = !mask || mask[i];
      for (std::int64_t at = i * p.channels, c = 0; c < p.channels; ++c) s.out(0)[at + c] = kept ? s.in(0)[at + c] - s.state_in(0)[c] : T(0);
      if (kept) add(s, p, i * p.channels);
    }
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
