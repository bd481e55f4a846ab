// SPDX-License-Identifier: Apache-2.0
// Its backward throws a number.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    zoo::Layer::backward(s);
    if (zoo::now()) throw 7;
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
