// SPDX-License-Identifier: Apache-2.0
// It divides each gradient by the norm of the segment, as if that were the whole parameter.
#include "right.hpp"

struct Guest : zoo::Optimizer {
  using zoo::Optimizer::Optimizer;
  template <class T>
  void update(const sdk::Update<T>& u) const {
    T norm = T(1e-6);
    for (std::int64_t i = 0; u.gradient && i < u.count; ++i) norm += u.gradient[i] * u.gradient[i];
    for (std::int64_t i = 0; i < u.count; ++i) u.weights[i] -= u.rate * (u.gradient ? u.gradient[i] : T(0)) / std::sqrt(norm);
  }
};

TERANGA_PLUGIN(sdk::optimizer<Guest>())
