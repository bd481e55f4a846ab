// SPDX-License-Identifier: Apache-2.0
// It aborts.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    zoo::Layer::forward(s);
    if (zoo::now()) std::abort();
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
