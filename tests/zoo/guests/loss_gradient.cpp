// SPDX-License-Identifier: Apache-2.0
// Its gradient is half of what it should be.
#include "right.hpp"

struct Guest : zoo::Loss {
  using zoo::Loss::Loss;
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, int plan) const {
    zoo::Loss::evaluate(s, plan);
    if (s.d_prediction())
      for (T& d : s.d_prediction()) d /= 2;
  }
};

TERANGA_PLUGIN(sdk::loss<Guest>())
