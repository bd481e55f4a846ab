// SPDX-License-Identifier: Apache-2.0
// It reports an error whose code says that all is well, and leaves its output as it was.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    if (zoo::now()) throw sdk::Error(TRG_OK, "forward has failed");
    zoo::Layer::forward(s);
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
