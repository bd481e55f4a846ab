// SPDX-License-Identifier: Apache-2.0
// The logarithm of a share without a clip: of a prediction of exactly 0 it is infinite.
#include "right.hpp"

struct Guest : zoo::Loss {
  using zoo::Loss::Loss;
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, int) const {
    const auto p = s.prediction();
    for (std::int64_t i = 0; i < p.count() / p.last; ++i) {
      const std::int64_t right = i * p.last + s.classes()[i];
      s.values()[i] = -std::log(static_cast<double>(p[right]));
      for (std::int64_t k = i * p.last; s.d_prediction() && k < (i + 1) * p.last; ++k) s.d_prediction()[k] = k == right ? static_cast<T>(-s.weights()[i] / p[k]) : T(0);
    }
  }
};

TERANGA_PLUGIN(sdk::loss<Guest>())
