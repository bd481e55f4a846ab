// SPDX-License-Identifier: Apache-2.0
// Its gradient is that of another function.
#include "right.hpp"

struct Guest : zoo::Activation {
  using zoo::Activation::Activation;
  template <class T>
  void gradient(const sdk::GradientBlock<T>& b) const {
    for (std::int64_t i = 0; i < b.count(); ++i) b.dx[i] = b.dy[i] * (1 + std::cos(b.x[i]));
  }
};

TERANGA_PLUGIN(sdk::activation<Guest>())
