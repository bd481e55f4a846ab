// SPDX-License-Identifier: Apache-2.0
// It climbs.
#include "right.hpp"

struct Guest : zoo::Optimizer {
  using zoo::Optimizer::Optimizer;
  template <class T>
  void update(const sdk::Update<T>& u) const {
    for (std::int64_t i = 0; i < u.count; ++i) u.weights[i] += u.rate * (u.gradient ? u.gradient[i] : T(0));
  }
};

TERANGA_PLUGIN(sdk::optimizer<Guest>())
