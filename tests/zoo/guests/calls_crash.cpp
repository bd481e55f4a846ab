// SPDX-License-Identifier: Apache-2.0
// It writes to address 0.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    zoo::Layer::forward(s);
    if (zoo::now()) *static_cast<volatile int*>(nullptr) = 1;
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
