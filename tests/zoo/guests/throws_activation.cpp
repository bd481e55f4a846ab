// SPDX-License-Identifier: Apache-2.0
// Its value throws.
#include "right.hpp"

struct Guest : zoo::Activation {
  using zoo::Activation::Activation;
  template <class T>
  void value(const sdk::Block<T>& b) const {
    zoo::Activation::value(b);
    if (zoo::now()) throw std::runtime_error("value has failed");
  }
};

TERANGA_PLUGIN(sdk::activation<Guest>())
