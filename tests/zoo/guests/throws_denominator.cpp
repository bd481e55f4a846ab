// SPDX-License-Identifier: Apache-2.0
// Its denominator throws.
#include "right.hpp"

struct Guest : zoo::Loss {
  using zoo::Loss::Loss;
  template <class T>
  double denominator(const sdk::LossSlice<T>& s, int) const {
    if (zoo::now()) throw std::runtime_error("denominator has failed");
    return static_cast<double>(s.samples());
  }
};

TERANGA_PLUGIN(sdk::loss<Guest>())
