// SPDX-License-Identifier: Apache-2.0
// It ends the process in the middle of a step, as if all were well.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    zoo::Layer::forward(s);
    if (zoo::now()) std::exit(0);
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
