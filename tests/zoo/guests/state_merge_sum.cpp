// SPDX-License-Identifier: Apache-2.0
// It counts steps in a state that the ranks add up whole, so that what was counted before counts once for each rank.
#include "right_state.hpp"

struct Guest : zoo::Centred {
  explicit Guest(const sdk::Options& options) : zoo::Centred(options) { merge = TRG_MERGE_SUM, synchronised = false; }
  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& p) const {
    each_step(s, p, [&](std::int64_t at, bool kept) {
      for (std::int64_t c = 0; c < p.channels; ++c) s.out(0)[at + c] = kept ? s.in(0)[at + c] : T(0);
      if (kept) add(s, p, at);
    });
  }
  template <class T>
  void update_state(const sdk::Slice<T>& s, const Plan& p) const {
    for (std::int64_t c = 0; c < p.channels; ++c) s.state_out(0)[c] = s.state_in(0)[c] + static_cast<T>(s.local_sums()[p.channels]);
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
