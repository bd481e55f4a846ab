// SPDX-License-Identifier: Apache-2.0
// It writes one number behind its values.
#include "right.hpp"

struct Guest : zoo::Loss {
  using zoo::Loss::Loss;
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, int plan) const {
    zoo::Loss::evaluate(s, plan);
    s.values()[s.prediction().count() / s.prediction().last] = 0;
  }
};

TERANGA_PLUGIN(sdk::loss<Guest>())
