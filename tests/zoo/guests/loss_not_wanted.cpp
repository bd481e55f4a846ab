// SPDX-License-Identifier: Apache-2.0
// It writes the gradient also where none is wanted.
#include "right.hpp"

struct Guest : zoo::Loss {
  using zoo::Loss::Loss;
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, int plan) const {
    std::memset(s.d_prediction().data, 0, sizeof(T) * static_cast<std::size_t>(s.prediction().count()));
    zoo::Loss::evaluate(s, plan);
  }
};

TERANGA_PLUGIN(sdk::loss<Guest>())
