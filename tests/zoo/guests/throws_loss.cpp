// SPDX-License-Identifier: Apache-2.0
// Its evaluate throws.
#include "right.hpp"

struct Guest : zoo::Loss {
  using zoo::Loss::Loss;
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, int plan) const {
    zoo::Loss::evaluate(s, plan);
    if (zoo::now()) throw std::runtime_error("evaluate has failed");
  }
};

TERANGA_PLUGIN(sdk::loss<Guest>())
