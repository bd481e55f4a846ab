// SPDX-License-Identifier: Apache-2.0
// It adds to its values instead of overwriting them.
#include "right.hpp"

struct Guest : zoo::Loss {
  using zoo::Loss::Loss;
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, int plan) const {
    const std::int64_t rows = s.prediction().count() / s.prediction().last;
    const std::vector<double> before(s.values(), s.values() + rows);
    zoo::Loss::evaluate(s, plan);
    for (std::int64_t i = 0; i < rows; ++i) s.values()[i] += before[static_cast<std::size_t>(i)];
  }
};

TERANGA_PLUGIN(sdk::loss<Guest>())
