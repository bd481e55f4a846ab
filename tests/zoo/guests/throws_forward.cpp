// SPDX-License-Identifier: Apache-2.0
// Its forward throws on a worker.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    zoo::Layer::forward(s);
    if (zoo::now()) throw std::runtime_error("forward has failed");
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
