// SPDX-License-Identifier: Apache-2.0
// It ends the process so that nothing can be tidied up.
#include "right.hpp"

#include <unistd.h>

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    zoo::Layer::forward(s);
    if (zoo::now()) ::_exit(0);
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
