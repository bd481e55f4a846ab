// SPDX-License-Identifier: Apache-2.0
// It writes the gradient also where none is wanted.
#include "right.hpp"

struct Guest : zoo::Loss {
  using zoo::Loss::Loss;
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, int plan) const {
    zoo::Loss::evaluate(s, plan);
    s.d_prediction().data[0] *= 1;
  }
};

TERANGA_PLUGIN(sdk::loss<Guest>())
